import type { Secrets } from "../core/secrets.ts";
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
  /** Makes it a passive probe: see {@linkcode Probe.follow}. */
  readonly follow?: Probe["follow"];
}

/** The targets of probes before secrets were replaced in them. */
const RAW_TARGETS = new WeakMap<Probe, string>();

/**
 * Makes a probe of a function by adding the properties to the function itself,
 * which must not be used for anything else.
 */
export function define(
  run: (signal: AbortSignal) => Promise<Outcome>,
  about: Pick<Probe, keyof Probe>,
): Probe {
  const secrets = about.secrets?.size === 0 ? undefined : about.secrets;
  const target = secrets?.redact(about.target) ?? about.target;
  const probe: Probe = Object.assign(run, {
    type: about.type,
    target,
    permissions: Object.freeze([...about.permissions]),
    ...(about.hold !== undefined && { hold: about.hold }),
    ...(about.follow !== undefined && { follow: about.follow }),
    ...(about.hearsOnly === true && { hearsOnly: true }),
    prepare: about.prepare ?? firstUse,
    ...(about.metrics !== undefined && { metrics: about.metrics }),
    ...(secrets !== undefined && { secrets }),
  });
  if (target !== about.target) RAW_TARGETS.set(probe, about.target);
  return probe;
}

/** Adds secrets to those that a probe knows itself. */
export function withSecrets(probe: Probe, secrets: Secrets): Probe {
  return secrets.size === 0 ? probe : define((signal) => probe(signal), {
    ...probe,
    // All secrets at once: one may be a part of another.
    target: RAW_TARGETS.get(probe) ?? probe.target,
    secrets: probe.secrets === undefined
      ? secrets
      : secrets.over(probe.secrets),
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
