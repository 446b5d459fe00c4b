import { hashOf } from "../core/cluster/hash.ts";
import type { CheckPlan } from "../core/cluster/status.ts";
import type { CheckSpec } from "./check.ts";
import { sourceOf } from "./check_source.ts";

/** The checks of a config, as far as agents share them. */
export function planOf(
  { checks }: { readonly checks: readonly CheckSpec[] },
): CheckPlan {
  let [a, b] = [0, 0];
  for (const check of checks) {
    const fields = sourceOf(check)?.fields ?? check.options;
    const text = JSON.stringify([check.id, sorted(fields)]);
    a = hashOf(`${a}${text}`);
    b = hashOf(`${text}${b}`);
  }
  return {
    hash: [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0"))
      .join(""),
    checks: checks.map(({ id }) => ({ id })),
  };
}

/** A value as JSON has it, with keys in their order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, each]) => [key, sorted(each)]);
}
