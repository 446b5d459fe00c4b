/** Says why a file cannot be read, so that a person can fix it. */
export function whyUnread(error: unknown, path: string): string {
  const { name, message } = error instanceof Error
    ? error
    : new Error(String(error));
  switch (name) {
    case "NotFound":
      return "no such file";
    case "IsADirectory":
      return "expected a file, got a folder";
    case "PermissionDenied":
      return "the file may not be read";
    case "NotCapable":
      return `not allowed by Deno: run with --allow-read=${path}`;
    default:
      // "Not a directory (os error 20): open 'lifesign.yaml/x'"
      return message.replace(/: (?:open|readfile) '.*'$/s, "");
  }
}

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
