import { parseDuration } from "../duration.ts";

/** The earliest time that a `Date` can have, and minus the latest one. */
const EARLIEST = -8.64e15;

/** A date, or a date and a time with or without a time zone. */
const ISO_8601 =
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads a moment as milliseconds of the epoch: a time such as
 * `2026-11-01T08:00:00+01:00`; a date, which is its first moment; a duration before
 * now, such as `7d` or `-7d`; or `now`. `instantOf` tells when clocks show what a
 * date, or a time without a time zone, says: in UTC by default.
 *
 * @throws {RangeError} If it is anything else.
 */
export function parseMoment(
  text: string,
  now: number,
  instantOf: (shown: number) => number = (shown) => shown,
): number {
  if (text === "now") return now;
  const iso = ISO_8601.exec(text);
  if (iso !== null) {
    const isTime = text.length > "2026-11-01".length;
    const isZoned = iso.groups?.zone !== undefined;
    const shown = Date.parse(
      text.replace(" ", "T") + (isTime && !isZoned ? "Z" : ""),
    );
    // 30 February is the 2nd of March for Date.parse().
    const date = Date.parse(text.slice(0, 10));
    const isReal = new Date(date || 0).toISOString().startsWith(
      text.slice(0, 10),
    );
    if (isReal && !Number.isNaN(shown)) {
      return isZoned ? shown : instantOf(shown);
    }
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
