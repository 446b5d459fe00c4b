// Sends a datagram to port 9 of a host, and prints what came of it.

import { classify } from "../../src/probes/classify.ts";
import { openDatagrams } from "../../src/probes/connection/datagram.ts";

const signal = AbortSignal.timeout(10_000);
try {
  const to = { hostname: Deno.args[0]!, port: 9 };
  using datagrams = await openDatagrams(to, signal);
  await datagrams.send(new Uint8Array(1));
  console.log("sent");
} catch (thrown) {
  const { verdict, reason } = classify(thrown, "it")!;
  console.log(`${verdict}/${reason?.code}: ${reason?.message}`);
}
