/**
 * A length of time: milliseconds, or a string of numbers with units in
 * falling order, such as `"500ms"`, `"1.5s"`, `"10s"` or `"1m30s"`. The units
 * are `d`, `h`, `m`, `s` and `ms`.
 */
export type Duration = number | string;

const UNITS_MS = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], [
  "s",
  1000,
], ["ms", 1]] as const;

/**
 * The form of a duration as a string, as the source of a regular expression
 * without its beginning. Each part may be absent, but not all of them.
 */
export const DURATION_PATTERN: string = `(?=\\d)${
  UNITS_MS.map(([unit]) => `(?:(\\d+(?:\\.\\d+)?)${unit})?`).join("")
}$`;

const FORM = new RegExp(`^${DURATION_PATTERN}`);

/**
 * Reads a duration as milliseconds.
 *
 * @throws {RangeError} If it is negative, not finite or not of that form.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseDuration } from "@lifesign/lifesign";
 *
 * assertEquals(parseDuration("1m30s"), 90_000);
 * assertEquals(parseDuration(250), 250);
 * ```
 */
export function parseDuration(duration: Duration): number {
  const ms = typeof duration === "string" ? fromText(duration) : duration;
  if (typeof ms !== "number" || !Number.isFinite(ms) || ms < 0) {
    throw new RangeError(
      `Expected a duration such as "500ms", "10s" or "1m30s", got ${
        typeof duration === "string"
          ? JSON.stringify(duration)
          : String(duration)
      }`,
    );
  }
  return ms;
}

function fromText(text: string): number {
  const parts = FORM.exec(text);
  if (parts === null) return NaN;
  return UNITS_MS.reduce(
    (sum, [, unitMs], i) => sum + Number(parts[i + 1] ?? 0) * unitMs,
    0,
  );
}

/**
 * Writes milliseconds as a short duration for people, in at most two units,
 * such as `"12ms"`, `"1.5s"`, `"2m5s"` or `"3h"`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatDuration } from "@lifesign/lifesign";
 *
 * assertEquals(formatDuration(1500), "1.5s");
 * assertEquals(formatDuration(125_000), "2m5s");
 * ```
 */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${Number(ms.toFixed(1))}ms`;
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))}s`;
  let rest = Math.round(ms / 1000) * 1000;
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS_MS) {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join("");
}

/**
 * Writes a limit in milliseconds as it is, and a duration above it with enough
 * digits to tell the two apart, such as `["1ms", "1.2ms"]`.
 */
export function formatBeyond(
  limitMs: number,
  ms: number,
): readonly [limit: string, duration: string] {
  const limit = withDigits(limitMs, (text) => parseDuration(text) === limitMs);
  const duration = withDigits(ms, (text) => parseDuration(text) > limitMs);
  return [limit, duration];
}

/** Writes milliseconds with as few digits as it takes. */
function withDigits(ms: number, isEnough: (text: string) => boolean): string {
  let text = formatDuration(ms);
  for (let digits = 1; !isEnough(text) && digits < 10; digits++) {
    text = preciseText(ms, digits);
  }
  return text;
}

/** Writes milliseconds in all units, with some digits after the point. */
function preciseText(ms: number, digits: number): string {
  if (ms < 1000) return `${fixed(ms, digits)}ms`;
  let restMs = ms;
  let text = "";
  for (const [unit, unitMs] of UNITS_MS.slice(0, 3)) {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    if (count > 0) text += `${count}${unit}`;
  }
  const seconds = fixed(restMs / 1000, digits);
  return seconds === "0" && text !== "" ? text : `${text}${seconds}s`;
}

/** A number with some digits after the point, but without zeros at the end. */
function fixed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, "");
}
