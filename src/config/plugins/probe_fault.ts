import { checkMetrics, type MetricNames } from "../../core/metric.ts";
import type { Probe } from "../../core/types.ts";
import { thrownInWords } from "../../core/text.ts";
import { shown } from "../../schema/validate.ts";
import { permissionProblem } from "./permission_problem.ts";

/**
 * Finds the problem of a probe that a kind made, if it has one: a kind of a
 * plugin may make anything.
 */
export function probeFault(
  made: unknown,
  kind: string,
  names: MetricNames,
): string | undefined {
  try {
    return faultOf(made, kind, names);
  } catch (error) {
    // A getter and a Proxy run code of the plugin.
    return `the probe of the kind ${JSON.stringify(kind)} throws ${
      thrownInWords(error)
    }`;
  }
}

function faultOf(
  made: unknown,
  kind: string,
  names: MetricNames,
): string | undefined {
  const expected = `expected the kind ${JSON.stringify(kind)} to make a probe`;
  if (typeof made !== "function") return `${expected}, got ${shown(made)}`;
  const probe = made as Partial<Probe>;
  const { type, target, permissions, metrics, secrets } = probe;
  if (type !== kind) {
    return `${expected} of type ${JSON.stringify(kind)}, got ${shown(type)}`;
  }
  if (typeof target !== "string") {
    return `${expected} with a target, got ${shown(target)}`;
  }
  if (!Array.isArray(permissions)) {
    return `${expected} with a list of permissions, got ${shown(permissions)}`;
  }
  for (const permission of permissions) {
    const problem = permissionProblem(permission);
    if (problem !== undefined) {
      return `the kind ${JSON.stringify(kind)}: ${problem}`;
    }
  }
  for (const key of ["hold", "prepare", "follow"] as const) {
    const value: unknown = probe[key];
    if (value === undefined || typeof value === "function") continue;
    return `${expected} with a function as ${key}, got ${shown(value)}`;
  }
  if (secrets !== undefined && typeof secrets.redact !== "function") {
    return `${expected} with secrets that probe() took, got ${shown(secrets)}`;
  }
  if (metrics === undefined) return undefined;
  try {
    checkMetrics(metrics);
    names.add(kind, metrics);
  } catch (error) {
    return `the kind ${JSON.stringify(kind)}: ${(error as Error).message}`;
  }
  return undefined;
}
