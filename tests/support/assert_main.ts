/**
 * Asserts the expressions of its arguments of the URL before them, in a process
 * where nothing has loaded the library for them, and prints the reasons.
 *
 * @module
 */

import { Fleet } from "../../src/fleet/fleet.ts";
import { http } from "../../src/probes/http/http.ts";

const [url, ...expressions] = Deno.args;
await using fleet = new Fleet({ background: false });
for (const expression of expressions) {
  fleet.add(http(url!, { assert: [expression] }), { id: expression });
}
for (const { verdict, reason } of await fleet.attemptAll()) {
  console.log(verdict, reason?.code ?? "", reason?.message ?? "");
}
