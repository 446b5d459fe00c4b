import { whyUnread } from "../../core/access.ts";
import { ConfigError } from "../error.ts";

/** The most bytes of a config file. */
const MAX_BYTES = 10 * 1024 * 1024;
/** How many bytes of one are read at first. */
const FIRST_BYTES = 16 * 1024;

/**
 * Reads the text of a file, as `loadConfig()` does.
 *
 * Rejects with a {@linkcode ConfigError} if it cannot.
 */
export async function readConfig(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readBytes(path);
  } catch (error) {
    throw problem(path, whyUnread(error, path), error);
  }
  if (bytes.length > MAX_BYTES) {
    throw problem(path, "expected at most 10 MiB, got more");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw problem(path, "expected UTF-8, got other bytes", error);
  }
}

/** Reads a file up to the limit, since some devices have no end. */
async function readBytes(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  // Most files are short, and a file may include thousands.
  let bytes = new Uint8Array(FIRST_BYTES);
  let length = 0;
  while (length <= MAX_BYTES) {
    if (length === bytes.length) {
      const longer = new Uint8Array(Math.min(length * 4, MAX_BYTES + 1));
      longer.set(bytes);
      bytes = longer;
    }
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function problem(path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError(path, [{ path: "", message }], { cause });
}
