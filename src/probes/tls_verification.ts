import { OptionError } from "../core/option_error.ts";
import { lowerFirst } from "../core/text.ts";
import { isGranted } from "../io/permission_flags.ts";
import type { Verification } from "./kind.ts";
import {
  readPem,
  TLS_NAMES,
  tlsClient,
  TlsError,
  tlsFiles,
  type TlsOptions,
} from "./tls_options.ts";

/** Reads the files of the options, and tries what is in them. */
export async function verifyTls(options: TlsOptions): Promise<Verification> {
  const missing = tlsFiles(options)
    .map((path) => ({ name: "read", path }) as const)
    .filter((permission) => !isGranted(permission));
  const problems: OptionError[] = [];
  const read: Record<string, string> = {};
  for (const name of TLS_NAMES) {
    const text = options[name];
    if (text === undefined || missing.some(({ path }) => path === text)) {
      continue;
    }
    try {
      read[name] = await readPem(name, text);
    } catch (error) {
      problems.push(tlsProblem(name, error));
    }
  }
  if (missing.length > 0 || problems.length > 0) return { problems, missing };
  try {
    tlsClient(read).close();
  } catch (error) {
    problems.push(tlsProblem(Object.keys(read)[0]!, error));
  }
  return { problems, missing };
}

function tlsProblem(option: string, error: unknown): OptionError {
  if (!(error instanceof TlsError)) throw error;
  return new OptionError(option, lowerFirst(error.message), { cause: error });
}
