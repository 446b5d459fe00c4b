const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  "μs": 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  // These are Compose's, not Go's.
  d: 86_400_000,
  w: 604_800_000,
};

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)/gy;

/** Reads a duration as Go and Compose write it, `1h5m30s20ms`, as ms. */
export function parseGoDuration(text: string): number | undefined {
  if (/^\+?0$/.test(text)) return 0;
  const unsigned = text.replace(/^\+/, "");
  let [ms, end] = [0, 0];
  for (const [part, number, unit] of unsigned.matchAll(PART)) {
    ms += Number(number) * UNITS_MS[unit!]!;
    end += part.length;
  }
  return end > 0 && end === unsigned.length ? ms : undefined;
}
