/** A key that moves a selection, or the lines that are seen. */
export type Motion = "up" | "down" | "pageUp" | "pageDown" | "home" | "end";

/** Where a motion leads from a place, by pages of so many lines. */
export function moved(from: number, motion: Motion, page: number): number {
  switch (motion) {
    case "up":
      return from - 1;
    case "down":
      return from + 1;
    case "pageUp":
      return from - Math.max(1, page);
    case "pageDown":
      return from + Math.max(1, page);
    case "home":
      return 0;
    case "end":
      return Infinity;
    default:
      return motion satisfies never;
  }
}

/** The nearest place to one among so many; 0 if there is none. */
export function within(place: number, count: number): number {
  return Math.max(0, Math.min(place, count - 1));
}

/**
 * How many of some lines are seen. If there are more than fit, another line says
 * which ones they are, but a single line is worth more than that.
 */
export function seenOf(count: number, height: number): number {
  if (count <= height) return count;
  return height < 2 ? height : height - 1;
}
