import { whyUnread } from "../../core/access.ts";
import { isContent } from "./value.ts";

/** A file is not what a cluster needs. */
export class ContentError extends Error {
  /** The class's name, whichever copy of the package made the error. */
  override readonly name: string = "ContentError";
}

/**
 * Reads a file of certificates, of a key, or of credentials.
 *
 * Rejects with a {@linkcode ContentError} if it cannot be read, or has no such thing.
 */
export async function readContent(path: string): Promise<string> {
  let content: string;
  try {
    content = await Deno.readTextFile(path);
  } catch (cause) {
    throw new ContentError(`cannot read ${path}: ${whyUnread(cause, path)}`, {
      cause,
    });
  }
  if (isContent(content)) return content;
  throw new ContentError(
    `expected a line that begins with "-----BEGIN " in ${path}`,
  );
}
