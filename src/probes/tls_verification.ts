import { OptionError } from "../core/option_error.ts";
import { lowerFirst } from "../core/text.ts";
import { isGranted } from "../io/permission_flags.ts";
import type { Verification } from "./kind.ts";
import { tryTls } from "./connection/own_tls.ts";
import { readPem, TlsError, tlsFiles, type TlsOptions } from "./tls_options.ts";

/** The options that are tried together. */
const TOGETHER = [["ca"], ["cert", "key"]] as const;

/**
 * Reads the files of the options, and tries what is in them, as an attempt does.
 */
export async function verifyTls(options: TlsOptions): Promise<Verification> {
  const missing = tlsFiles(options)
    .map((path) => ({ name: "read", path }) as const)
    .filter((permission) => !isGranted(permission));
  const problems: OptionError[] = [];
  for (const names of TOGETHER) {
    const given = names.filter((name) => options[name] !== undefined);
    const read: Partial<Record<keyof TlsOptions, string>> = {};
    for (const name of given) {
      const text = options[name]!;
      if (missing.some(({ path }) => path === text)) continue;
      try {
        read[name] = await readPem(name, text);
      } catch (error) {
        problems.push(tlsProblem(name, error));
      }
    }
    if (Object.keys(read).length < given.length) continue;
    try {
      await tryTls(read);
    } catch (error) {
      problems.push(tlsProblem(names[0], error));
    }
  }
  return { problems, missing };
}

function tlsProblem(option: string, error: unknown): OptionError {
  if (!(error instanceof TlsError)) throw error;
  return new OptionError(option, lowerFirst(error.message), { cause: error });
}
