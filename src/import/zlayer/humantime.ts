/** The units of Rust's `humantime`. A month is a twelfth of a Julian year. */
const UNITS_MS: readonly (readonly [pattern: RegExp, ms: number])[] = [
  [/^(?:nanos|nsec|ns)$/, 1e-6],
  [/^(?:usec|us|µs)$/, 1e-3],
  [/^(?:millis|msec|ms)$/, 1],
  [/^(?:seconds?|secs?|s)$/, 1000],
  [/^(?:minutes?|mins?|m)$/, 60_000],
  [/^(?:hours?|hrs?|h)$/, 3_600_000],
  [/^(?:days?|d)$/, 86_400_000],
  [/^(?:weeks?|wks?|w)$/, 604_800_000],
  [/^(?:months?|M)$/, 2_630_016_000],
  [/^(?:years?|yrs?|y)$/, 31_557_600_000],
];

/** Parses a duration of `humantime`, such as `1h 30m`, as milliseconds. */
export function parseHumantime(text: string): number | undefined {
  if (text.trim() === "0") return 0;
  if (!/^\s*(?:\d+\s*[a-zµ]+\s*)+$/i.test(text)) return undefined;
  let ms = 0;
  for (const [, number, unit] of text.matchAll(/(\d+)\s*([a-zµ]+)/gi)) {
    const found = UNITS_MS.find(([pattern]) => pattern.test(unit!));
    if (found === undefined) return undefined;
    ms += Number(number) * found[1];
  }
  return ms;
}
