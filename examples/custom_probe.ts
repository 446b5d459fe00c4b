// A probe of your own: is there memory left on this machine?
//
//   deno run --allow-sys=systemMemoryInfo examples/custom_probe.ts

import { fail, pass, probe, warn } from "@lifesign/lifesign";

const memory = probe(() => {
  const { total, available } = Deno.systemMemoryInfo();
  const freePercent = Math.round((available / total) * 100);
  if (freePercent >= 10) return pass({ freePercent });
  const message = `Expected 10 % of memory free, got ${freePercent} %`;
  const outcome = freePercent >= 2 ? warn : fail;
  return outcome({ code: "memory", message }, { freePercent });
}, {
  type: "memory",
  target: "this machine",
  permissions: [{ name: "sys", kind: "systemMemoryInfo" }],
  metrics: [{
    name: "probe_memory_free_percent",
    help: "The free memory of the machine in percent.",
    key: "freePercent",
  }],
});

// A probe is a function: call it once, or give it to monitor() or a Fleet.
console.log(await memory(AbortSignal.timeout(1000)));
