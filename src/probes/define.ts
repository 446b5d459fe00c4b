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
   * The target, for people to read.
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
  /**
   * The secrets that the function knows, such as a password. They are shown
   * as `***` in the target and in everything that monitors and fleets tell.
   *
   * @default {[]}
   */
  readonly secrets?: readonly string[];
}

/**
 * Makes a probe of a function by adding the properties to the function itself,
 * which must not be used for anything else.
 */
export function define(
  run: (signal: AbortSignal) => Promise<Outcome>,
  about: Pick<Probe, keyof Probe>,
): Probe {
  const secrets = about.secrets?.size === 0 ? undefined : about.secrets;
  return Object.assign(run, {
    type: about.type,
    target: secrets?.redact(about.target) ?? about.target,
    permissions: Object.freeze([...about.permissions]),
    ...(about.hold !== undefined && { hold: about.hold }),
    prepare: about.prepare ?? firstUse,
    ...(about.metrics !== undefined && { metrics: about.metrics }),
    ...(secrets !== undefined && { secrets }),
  });
}

let isUsed = false;

/**
 * Prepares the first attempts of this process, though they need nothing: so they
 * start in turns, when the attempts that need something are ready.
 */
function firstUse(): Promise<void> | undefined {
  if (isUsed) return undefined;
  return Promise.resolve().then(() => {
    isUsed = true;
  });
}
