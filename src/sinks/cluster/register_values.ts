/** Reads what other agents have written to the registers. */

import { mapOf } from "../../core/json.ts";
import type { TellerValue } from "../../core/cluster/teller.ts";
import type { MemberValue } from "../../core/cluster/view.ts";

/** Reads what a member says of itself; nothing if it is not of this form. */
export function parseMember(value: unknown): MemberValue | undefined {
  const fields = mapOf(value);
  const { instance, term, region, labels, config, view, leaving } = fields;
  const isOne = typeof instance === "string" && isCount(term) &&
    (region === null || typeof region === "string") &&
    Object.values(mapOf(labels)).every((each) => typeof each === "string") &&
    typeof config === "string" && typeof view === "string" &&
    typeof leaving === "boolean";
  if (!isOne) return undefined;
  return {
    instance,
    term,
    region,
    labels: mapOf(labels) as Record<string, string>,
    config,
    view,
    leaving,
  };
}

/** Reads what the teller says of itself; nothing if it is not of this form. */
export function parseTeller(value: unknown): TellerValue | undefined {
  const { instance, term, holder } = mapOf(value);
  const isOne = typeof instance === "string" && isCount(term) &&
    (holder === null || typeof holder === "string");
  return isOne ? { instance, term, holder } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
