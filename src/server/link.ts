/** Where a check is shown, from where the app is mounted. */
export function linkTo(id: string): string {
  return `checks/${encodeURIComponent(id.toWellFormed())}`;
}
