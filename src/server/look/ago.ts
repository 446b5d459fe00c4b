/**
 * A duration in words: `for 12 s`, `for 3 min`, `for 5 h`, `for 9 days`. The page
 * contains the source of this function, so it uses nothing from its module.
 */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `for ${seconds} s`;
  if (seconds < 3600) return `for ${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `for ${Math.floor(seconds / 3600)} h`;
  return `for ${Math.floor(seconds / 86_400)} days`;
}
