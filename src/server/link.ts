/** The URL of a check, relative to where the app is mounted. */
export function linkTo(id: string): string {
  return `checks/${encodeURIComponent(id.toWellFormed())}`;
}
