import { checkMetrics } from "../core/metric.ts";
import { Secrets } from "../core/secrets.ts";
import type { Outcome, Probe } from "../core/types.ts";
import { type About, define } from "./define.ts";
import { withOutcome } from "./with_outcome.ts";

/**
 * Makes a probe of a function of your own, which returns an outcome:
 * {@linkcode pass}, {@linkcode warn}, {@linkcode fail} and {@linkcode error}
 * make one. It should give up when the signal aborts. What it throws becomes an
 * outcome: an error of the network is the target's (`fail`), any other is ours
 * (`error`). A function that is not asynchronous blocks all other attempts
 * while it runs, and no deadline can end it.
 *
 * @throws {TypeError} If `run` is not a function, or a metric is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pass, probe, warn } from "@lifesign/lifesign";
 *
 * const queue = probe(async () => {
 *   const depth = await Promise.resolve(7);
 *   const reason = { code: "depth", message: `Expected 100, got ${depth}` };
 *   return depth <= 100 ? pass({ depth }) : warn(reason, { depth });
 * }, { type: "queue", target: "orders" });
 *
 * assertEquals((await queue(AbortSignal.timeout(1000))).verdict, "pass");
 * ```
 */
export function probe(
  run: (signal: AbortSignal) => Outcome | Promise<Outcome>,
  about: About = {},
): Probe {
  if (typeof run !== "function") {
    throw new TypeError(`Expected a function to probe with, got ${typeof run}`);
  }
  const { type = "custom", target = type, permissions = [] } = about;
  const { metrics, secrets = [], follow } = about;
  if (metrics !== undefined) checkMetrics(metrics);
  return define(withOutcome(run, target), {
    type,
    target,
    permissions,
    ...(metrics !== undefined && { metrics: Object.freeze([...metrics]) }),
    ...(follow !== undefined && { follow }),
    secrets: new Secrets(secrets.map((secret) => [secret, "***"])),
  });
}
