// Makes an attempt with the options in its argument, and prints what came of it.

import { dns } from "../../src/probes/dns/dns.ts";
import { classify } from "../../src/probes/classify.ts";

const signal = AbortSignal.timeout(20_000);
const probe = dns(JSON.parse(Deno.args[0]!));
try {
  await probe.prepare?.(signal);
  console.log(JSON.stringify(await probe(signal)));
} catch (thrown) {
  console.log(JSON.stringify(classify(thrown, "it")));
}
