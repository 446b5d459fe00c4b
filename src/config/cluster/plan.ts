import { hashOf } from "../../core/cluster/hash.ts";
import type { CheckPlan } from "../../core/cluster/status.ts";
import type { CheckSpec } from "../check.ts";
import { sourceOf } from "../check_source.ts";

/**
 * The checks of a config, as far as agents share them.
 *
 * The hash is of all that a file says of the checks, with variables expanded and its
 * defaults filled in, whatever their order is. Nothing else of a file is in it: what
 * agents keep, serve and tell may differ. Secrets are in it. They cannot be read out
 * of 64 bits; but whoever reads the hash and knows the rest of the file can try
 * whether a guess of a short secret is right.
 */
export function planOf(
  { checks }: { readonly checks: readonly CheckSpec[] },
): CheckPlan {
  let [a, b] = [0, 0];
  for (const check of checks) {
    const fields = sourceOf(check)?.fields ?? check.options;
    const text = JSON.stringify([check.id, fields], inOneForm);
    // Two hashes that do not collide for the same texts. A sum has no order.
    a = (a + hashOf(`a${text}`)) | 0;
    b = (b + hashOf(`${text}b`)) | 0;
  }
  return {
    hash: [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0"))
      .join(""),
    checks: checks.map(({ id, from, need }) => ({
      id,
      ...(from !== undefined && { from }),
      ...(need !== undefined && { need }),
    })),
  };
}

/** A value that has one form in JSON, whatever the order of its keys is. */
function inOneForm(_: string, value: unknown): unknown {
  // An integer that a number would not have exactly.
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1),
  );
}
