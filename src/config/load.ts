import { whyUnread } from "../core/unread.ts";
import { type Config, parseConfig, type ParseConfigOptions } from "./config.ts";
import type { ConfigSection } from "./section.ts";
import { ConfigError } from "./error.ts";

/** Larger files are no configs. */
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * Reads a config from a file.
 *
 * Rejects with a {@linkcode ConfigError} if the file cannot be read, is larger
 * than 10 MiB, is not UTF-8, or if anything in it is wrong.
 */
export async function loadConfig(
  path: string,
  sections: readonly ConfigSection[],
  options: Omit<ParseConfigOptions, "source"> = {},
): Promise<Config> {
  const text = await readConfig(path);
  return parseConfig(text, sections, { ...options, source: path });
}

/**
 * Reads the text of a file, as {@linkcode loadConfig} does.
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

/** Reads a file, as far as it may go: some devices have no end. */
async function readBytes(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function problem(path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError(path, [{ path: "", message }], { cause });
}
