import type { Outage } from "../../core/past/comparison.ts";
import { notesOf, type ReplayResult } from "./result.ts";

/** The result of a replay as JSON, with times as ISO 8601 has them. */
export function toJson(result: ReplayResult, file: string): string {
  const { from, to, settings, checks, all } = result;
  return JSON.stringify(
    {
      from: iso(from),
      to: iso(to),
      settings,
      checks: checks.map(({ firstAt, outages, ...figures }) => ({
        ...figures,
        firstAt: iso(firstAt),
        outages: outages.map(({ was, would }) => ({
          was: outageJson(was),
          would: outageJson(would),
        })),
      })),
      all,
      notes: notesOf(result, file),
    },
    null,
    2,
  );
}

function outageJson(outage: Outage | null): unknown {
  return outage &&
    { ...outage, began: iso(outage.began), ended: iso(outage.ended) };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
