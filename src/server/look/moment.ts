/** The day and the minute of a moment, such as `2026-11-27 03:00`, in UTC. */
export function minuteTime(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** The time of day of a moment to the second, such as `03:00:05`, in UTC. */
export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
