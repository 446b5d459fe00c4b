import type { Probe } from "../core/types.ts";
import type { MonitorOptions } from "../fleet/monitor.ts";
import { parseTarget } from "./target.ts";

/** One thing to try. */
export interface Trial {
  readonly id: string;
  readonly probe: Probe;
  readonly options: MonitorOptions;
}

/** What targets of the command line ask for. */
export function trialsOfTargets(targets: readonly string[]): Trial[] {
  const trials = new Map<string, Trial>();
  // The same target twice is the same check.
  for (const target of new Set(targets)) {
    const probe = parseTarget(target);
    const name = nameOf(probe);
    // Others may only look the same, without what is secret in them.
    let id = name;
    for (let i = 2; trials.has(id); i++) id = `${name} #${i}`;
    trials.set(id, { id, probe, options: {} });
  }
  return [...trials.values()];
}

/** What a file asks for. */
export async function trialsOfFile(file: string): Promise<readonly Trial[]> {
  const { loadConfig } = await import("../config/load.ts");
  return (await loadConfig(file)).checks;
}

/** A target as it was given, less what is secret in it. */
function nameOf({ type, target }: Probe): string {
  switch (type) {
    case "tcp":
      return `tcp://${target}`;
    case "command":
      return `exec:${target}`;
    default:
      return target;
  }
}
