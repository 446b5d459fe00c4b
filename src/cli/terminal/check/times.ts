/** Within so many milliseconds, a time needs no day. */
const NEAR_MS = 12 * 3_600_000;

/** When something happened, in UTC: the time, with the day if it was long ago. */
export function timeOf(at: number, now: number): string {
  const [day, time] = iso(at);
  return Math.abs(now - at) < NEAR_MS ? time : `${day} ${time.slice(0, 5)}`;
}

/** The day and the time of a moment in UTC, to the second. */
export function dateOf(at: Date): string {
  return `${iso(at.getTime()).join(" ")} UTC`;
}

function iso(at: number): readonly [day: string, time: string] {
  const text = new Date(at).toISOString();
  const t = text.indexOf("T");
  return [text.slice(0, t), text.slice(t + 1, t + 9)];
}
