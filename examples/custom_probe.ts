// A probe of one's own: is there memory left on this machine?
//
//   deno run --allow-sys=systemMemoryInfo examples/custom_probe.ts

import { type Outcome, probe } from "@lifesign/lifesign";

const memory = probe((): Promise<Outcome> => {
  const { total, available } = Deno.systemMemoryInfo();
  const freePercent = Math.round((available / total) * 100);
  const detail = { freePercent };
  if (freePercent >= 10) return Promise.resolve({ verdict: "pass", detail });
  const message = `Expected 10 % of memory free, got ${freePercent} %`;
  return Promise.resolve({
    verdict: freePercent >= 2 ? "warn" : "fail",
    reason: { code: "mismatch", message },
    detail,
  });
}, {
  type: "memory",
  target: "this machine",
  permissions: [{ name: "sys", kind: "systemMemoryInfo" }],
});

// A probe is a function: it can be tried by itself, or monitored.
console.log(await memory(AbortSignal.timeout(1000)));
