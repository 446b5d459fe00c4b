import { parseDuration } from "../duration.ts";

/** The earliest time that a `Date` can have, and minus the latest one. */
const EARLIEST = -8.64e15;

/** A date, or a date and a time with or without a time zone. */
const ISO_8601 =
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads a moment as milliseconds of the epoch: a time such as
 * `2026-11-01T08:00:00+01:00`, in UTC if it has no time zone; a date, which is its
 * first moment in UTC; a duration before now, such as `7d` or `-7d`; or `now`.
 *
 * @throws {RangeError} If it is anything else.
 */
export function parseMoment(text: string, now: number): number {
  if (text === "now") return now;
  const iso = ISO_8601.exec(text);
  if (iso !== null) {
    const isTime = text.length > "2026-11-01".length;
    const isZoned = !isTime || iso.groups?.zone !== undefined;
    const at = Date.parse(text.replace(" ", "T") + (isZoned ? "" : "Z"));
    // 30 February is the 2nd of March for Date.parse().
    const date = Date.parse(text.slice(0, 10));
    const isReal = new Date(date || 0).toISOString().startsWith(
      text.slice(0, 10),
    );
    if (isReal && !Number.isNaN(at)) return at;
  } else {
    try {
      const at = now - parseDuration(text.replace(/^-/, ""));
      if (at >= EARLIEST) return at;
    } catch {
      // The error below says what else is possible.
    }
  }
  throw new RangeError(
    `Expected a time such as "2026-11-01T08:00:00Z" or a duration before now such as "7d", got ${
      JSON.stringify(text)
    }`,
  );
}
