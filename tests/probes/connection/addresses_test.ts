import { assertEquals } from "@std/assert";
import type { Outcome } from "../../../src/core/types.ts";
import { startScript } from "../../support/program.ts";
import { SILENT_DNS, silentDnsObstacle } from "../../support/silent_dns.ts";

/** What is right, in the words of `verdict/code: message`. */
const RIGHT: Readonly<Record<string, string>> = {
  "the first drops": "pass",
  "the second drops": "pass",
  "the first drops, IPv4": "pass",
  "the second drops, IPv4": "pass",
  "the first drops, with a Host header": "pass",
  "only IPv4 serves": "pass",
  "only IPv4 serves, IPv4": "pass",
  "only IPv4 serves, IPv6":
    "fail/refused: both.test:8003 refused the connection",
  "no IPv6": "fail/dns: four.test has no IPv6 address",
  "all serve": "pass of 2",
  "one of all refuses":
    "fail/refused of 2: 127.0.0.9:8003 refused the connection",
  "one of all drops":
    "fail/timeout: Timed out after 3s while waiting for 127.0.0.1",
  "some refuse, IPv4": "pass",
  // At the deadline, what was found by then.
  "some of all refuse":
    "fail/refused of 3: 127.0.0.2:8008 refused the connection",
  "all of one": "pass of 1",
  "nobody": "fail/dns: Cannot resolve none.test",
  "nobody, IPv4": "fail/dns: Cannot resolve none.test",
  "the only one drops": "fail/timeout: Timed out after 3s while connecting",
  "tcp, all": "pass of 2",
  "tcp, one of all": "fail/refused of 2: 127.0.0.9:8003 refused the connection",
  "tcp, any": "pass",
  "tcp, IPv6": "fail/dns: four.test has no IPv6 address",
  "a redirect to TLS": "pass",
  "a redirect to another port": "pass",
};

function inWords({ verdict, reason, detail }: Outcome): string {
  const count = detail?.addresses;
  const of = count === undefined ? "" : ` of ${count}`;
  return reason === undefined
    ? `${verdict}${of}`
    : `${verdict}/${reason.code}${of}: ${reason.message}`;
}

const here = silentDnsObstacle === null
  ? ""
  : ` (not here: ${silentDnsObstacle})`;

Deno.test({
  name:
    `http() and tcp() ask at the addresses of a name as they are told${here}`,
  ignore: silentDnsObstacle !== null,
  async fn() {
    await using script = startScript("tests/support/names_main.ts", {
      flags: ["--allow-all"],
      within: SILENT_DNS,
    });
    const { code, stdout, stderr } = await script.ended;
    assertEquals([code, stderr], [0, ""]);
    const report: Record<string, Outcome> = JSON.parse(stdout);
    assertEquals(
      Object.fromEntries(
        Object.entries(report).map(([name, it]) => [name, inWords(it)]),
      ),
      RIGHT,
    );
  },
});
