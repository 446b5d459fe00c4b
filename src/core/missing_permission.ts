/**
 * The flag that grants what the runtime says is missing, such as
 * `--allow-read=/etc/passwd`; nothing if its message says nothing of that.
 */
export function missingFlag(message: string): string | undefined {
  const [, kind, , what] =
    /Requires (\w+) access(?: to (["'<]?)(.*?)\2(?=,|$))?/
      .exec(message) ?? [];
  if (kind === undefined) return undefined;
  return what === undefined || what.startsWith("<")
    ? `--allow-${kind}`
    : `--allow-${kind}=${what}`;
}
