import { type Config, parseConfig, type ParseConfigOptions } from "./config.ts";
import { ConfigError } from "./error.ts";

/** Larger files are no configs. */
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * Reads a config from a file.
 *
 * Rejects with a {@linkcode ConfigError} if the file cannot be read, is larger
 * than 10 MiB, is not UTF-8, or if anything in it is wrong.
 *
 * @example
 * ```ts
 * import { assert, assertRejects } from "@std/assert";
 * import { ConfigError, loadConfig } from "@lifesign/lifesign/config";
 *
 * const error = await assertRejects(() => loadConfig("no.yaml"), ConfigError);
 * assert(error.message.includes("no.yaml"));
 * ```
 */
export async function loadConfig(
  path: string,
  options: Omit<ParseConfigOptions, "source"> = {},
): Promise<Config> {
  return parseConfig(await readConfig(path), { ...options, source: path });
}

async function readConfig(path: string): Promise<string> {
  try {
    const { size, isDirectory } = await Deno.stat(path);
    if (isDirectory) throw problem(path, "expected a file, got a folder");
    if (size > MAX_BYTES) {
      throw problem(path, `expected at most 10 MiB, got ${size} bytes`);
    }
    const bytes = await Deno.readFile(path);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw readable(error, path);
  }
}

/** What a person can do something about, said so. */
function readable(error: unknown, path: string): unknown {
  if (error instanceof Deno.errors.NotFound) {
    return problem(path, "no such file", error);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return problem(path, "the file may not be read", error);
  }
  if (error instanceof Deno.errors.NotCapable) {
    return problem(
      path,
      `not allowed by Deno: run with --allow-read=${path}`,
      error,
    );
  }
  if (error instanceof TypeError) {
    return problem(path, "expected UTF-8, got other bytes", error);
  }
  return error;
}

function problem(path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError(path, [{ path: "", message }], { cause });
}
