/**
 * Why a file cannot be read, said so that a person can do something about it;
 * nothing if that is not known.
 */
export function whyUnread(error: unknown, path: string): string | undefined {
  switch (error instanceof Error && error.name) {
    case "NotFound":
      return "no such file";
    case "IsADirectory":
      return "expected a file, got a folder";
    case "PermissionDenied":
      return "the file may not be read";
    case "NotCapable":
      return `not allowed by Deno: run with --allow-read=${path}`;
    default:
      return undefined;
  }
}
