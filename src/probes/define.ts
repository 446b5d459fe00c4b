import type { DetailMetric, Outcome, Probe } from "../core/types.ts";

/** The properties of a probe that is made of a function. */
export interface About {
  /**
   * The kind of probe.
   *
   * @default {"custom"}
   */
  readonly type?: string;
  /**
   * The target, for people to read; leave secrets out.
   *
   * @default {"custom"}
   */
  readonly target?: string;
  /**
   * The Deno permissions that an attempt needs.
   *
   * @default {[]}
   */
  readonly permissions?: readonly Deno.PermissionDescriptor[];
  /**
   * The metrics to make of the details of its outcomes.
   *
   * @default {[]}
   */
  readonly metrics?: readonly DetailMetric[];
}

/**
 * Makes a probe of a function by adding the properties to the function itself,
 * which must not be used for anything else.
 */
export function define(
  run: (signal: AbortSignal) => Promise<Outcome>,
  about: Pick<Probe, keyof Probe>,
): Probe {
  return Object.assign(run, {
    type: about.type,
    target: about.target,
    permissions: Object.freeze([...about.permissions]),
    ...(about.hold !== undefined && { hold: about.hold }),
    ...(about.prepare !== undefined && { prepare: about.prepare }),
    ...(about.metrics !== undefined && { metrics: about.metrics }),
  });
}
