import type { CheckSpec } from "../config/check.ts";
import type { Config } from "../config/config.ts";
import { readConfig } from "../config/files/read.ts";
import { gatherEntropy } from "../probes/connection/entropy.ts";
import type { Kinds } from "../probes/kind.ts";
import { formatTarget, howToWrite, parseTarget, shown } from "./target.ts";
import { UsageError } from "./usage.ts";

/** A check that a command line asks for. */
export interface Check
  extends Pick<CheckSpec, "id" | "probe" | "options" | "references"> {
  /** Whether it is only tried because another check is made of it. */
  readonly isPart?: boolean;
}

/** How many attempts may run at once, in all and to one host. */
export type Limits = Pick<Config, "concurrency" | "perHost">;

/** The checks of a config file. */
export interface FileChecks {
  readonly file: string;
  readonly checks: readonly Check[];
  /** How many attempts may run at once. */
  readonly limits: Limits;
}

/** A name that only a file can have. */
const FILE_NAME = /^[./~]|\.(?:ya?ml|json)$/i;

/** What targets over TLS begin with, and what most files with such checks have. */
const TLS = /https:|wss:|grpcs:|tls/i;

/**
 * Begins what TLS waits for longest, so that it is over when the modules are
 * loaded, if a file or the words of a command line look like they need it.
 */
export function expectTls(text: string): void {
  if (TLS.test(text)) void gatherEntropy();
}

/** The checks of the targets of a command line, named as they are written. */
export function checksOfTargets(
  targets: readonly string[],
  kinds: Kinds,
): Check[] {
  const checks = new Map<string, Check>();
  // The same target twice is the same check.
  for (const target of new Set(targets)) {
    const probe = parseTarget(target, kinds);
    const name = formatTarget(probe, kinds);
    // Two targets may differ only in what is secret in them.
    let id = name;
    for (let i = 2; checks.has(id); i++) id = `${name} #${i}`;
    checks.set(id, { id, probe, options: {} });
  }
  return [...checks.values()];
}

/** The checks of a file. */
export async function checksOfFile(file: string): Promise<FileChecks> {
  const text = await readConfig(file);
  expectTls(text);
  const [{ loadConfigText }, { namedSections }] = await Promise.all([
    import("../config/load.ts"),
    import("../agent/named_sections.ts"),
  ]);
  const { checks, concurrency, perHost } = await loadConfigText(
    text,
    namedSections,
    { source: file },
  );
  return { file, checks, limits: { concurrency, perHost } };
}

/**
 * The checks of an argument that is not a target, and so should be a file.
 *
 * Rejects with a {@linkcode UsageError} that says how a target is written if
 * there is no such file, and the argument looks more like a host.
 */
export async function checksOfArgument(
  argument: string,
  kinds: Kinds,
): Promise<FileChecks> {
  try {
    return await checksOfFile(argument);
  } catch (error) {
    const { cause } = error as Error;
    const why = cause instanceof Deno.errors.NotFound
      ? "no such file"
      : cause instanceof Deno.errors.NotCapable
      ? "not a file that Deno may read"
      : undefined;
    if (why === undefined || FILE_NAME.test(argument)) throw error;
    throw new UsageError(
      `${shown(argument)}: ${why}; as a target, ${howToWrite(argument, kinds)}`,
      { cause: error },
    );
  }
}
