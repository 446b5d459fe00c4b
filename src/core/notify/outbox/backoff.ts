const FIRST_MS = 1000;
const MAX_MS = 10 * 60_000;
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * How long to wait after a failure, in milliseconds: 1 s, then twice as long each
 * time, at most 10 min, less up to a half by chance. What the receiver asks for is
 * respected up to 1 h.
 */
export function backoffMs(
  failures: number,
  random: number,
  retryAfterMs = 0,
): number {
  const full = Math.min(MAX_MS, FIRST_MS * 2 ** (failures - 1));
  const wait = full * (1 - random / 2);
  return Math.max(wait, Math.min(MAX_RETRY_AFTER_MS, retryAfterMs));
}
