import type { Zone } from "./zone.ts";

const FORM =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:(Z)|([+-])(\d\d):(\d\d))?$/;

const MINUTE_MS = 60_000;

/**
 * Reads a date and a time such as `2026-11-29T22:00`, as the clocks of a zone show
 * it, or with an offset of its own (`Z`, `+01:00`). What clocks do not show, as
 * they are set forward, is the instant when they are; what they show twice is the
 * first time.
 *
 * @throws {RangeError} If it has another form, or there is no such date.
 */
export function readLocalTime(text: string, zone: Zone): number {
  const parts = FORM.exec(text);
  const shown = parts === null ? NaN : shownOf(parts.slice(1, 7));
  if (parts === null || Number.isNaN(shown)) {
    throw new RangeError(
      `Expected a date and a time such as "2026-11-29T22:00", got ${
        JSON.stringify(text)
      }`,
    );
  }
  const [utc, sign, hours, minutes] = parts.slice(7);
  if (utc !== undefined) return shown;
  if (sign === undefined) return zone.firstInstantOf(shown);
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  return shown - (sign === "-" ? -offsetMs : offsetMs);
}

/** The milliseconds of a date and a time in UTC; `NaN` if there is no such date. */
function shownOf(parts: readonly (string | undefined)[]): number {
  const [year, month, day, hour, minute, second] = parts.map((part) =>
    Number(part ?? 0)
  );
  const at = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  // What is beyond a month, a day or an hour has moved on to the next.
  const isReal = new Date(at).toISOString().slice(0, 19) ===
    `${parts.slice(0, 3).join("-")}T${
      [hour, minute, second].map((part) => `${part}`.padStart(2, "0")).join(":")
    }`;
  return isReal ? at : NaN;
}
