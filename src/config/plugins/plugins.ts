import { dirname, isAbsolute, join as joinPath, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { missingFlag } from "../../core/access.ts";
import { oneLine, thrownInWords } from "../../core/text.ts";
import type { Kind, Kinds } from "../../probes/kind.ts";
import { type ConfigIssue, join } from "../../schema/issue.ts";
import { shown, validate } from "../../schema/validate.ts";
import { kindIssues } from "./kind_issues.ts";
import { PLUGINS } from "./schema.ts";
import { PLUGIN_LIMIT_MS, TimeLimitError, withinLimit } from "./time_limit.ts";

/** Why a plugin has no kinds; the message follows the plugin's name. */
class PluginError extends Error {
  override readonly name: string = "PluginError";
}

/** Where plugins are looked for, and what they add to. */
export interface PluginOptions {
  /** The path of the config file, which paths of plugins are relative to. */
  readonly file: string;
  /** The kinds that there are without plugins. */
  readonly kinds: Kinds;
  /**
   * The names of built-in kinds that are not loaded.
   *
   * @default {[]}
   */
  readonly taken?: readonly string[];
  /**
   * How long the import of a plugin may take, in milliseconds.
   *
   * @default {30_000}
   */
  readonly limitMs?: number;
}

/** The kinds of a config with plugins. */
export interface ImportedKinds {
  /** The kinds that there were, and the valid ones of the plugins. */
  readonly kinds: Kinds;
  /** Whether every plugin is valid. If not, there may be more kinds. */
  readonly isComplete: boolean;
}

/** Schemes of modules that are imported as they are. */
const MODULE_SCHEME = /^(?:jsr|npm|https?|file):/i;

/** Any scheme, but not the letter of a drive. */
const SCHEME = /^[a-z][a-z\d+.-]+:/i;

/** Modules that could not be imported: the runtime does not try them again. */
const failed = new Set<string>();

/** A module that may have a default export. */
interface Module {
  readonly default?: unknown;
}

/** The imports that have not finished, by their URLs. */
const unfinished = new Map<string, Promise<Module>>();

/**
 * Imports the modules that the `plugins` of a config name. Returns the kinds
 * that there are together with theirs, and adds problems to `issues`.
 */
export async function importPlugins(
  plugins: unknown,
  { file, kinds, taken = [], limitMs = PLUGIN_LIMIT_MS }: PluginOptions,
  issues: ConfigIssue[],
): Promise<ImportedKinds> {
  const found: ConfigIssue[] = [];
  const valid =
    (validate(plugins, PLUGINS, "plugins", found) ?? []) as string[];
  const all: Record<string, Kind> = { ...kinds };
  const owners = new Map(
    [...Object.keys(kinds), ...taken].map((name) => [name, "built in"]),
  );
  // One with a variable that is not set was complained of with the variable.
  const named = [...valid.entries()].filter(([, plugin]) => plugin);
  for (const [i, plugin] of named) {
    const path = join("plugins", i);
    const written = shown((plugins as unknown[])[i]);
    try {
      for (const [name, kind] of await exportsOf(plugin, file, limitMs)) {
        const owner = owners.get(name);
        const problems = owner === undefined ? kindIssues(name, kind, path) : [{
          path: join(path, name),
          message: `expected another name, got that of a kind ${owner}`,
        }];
        found.push(...problems);
        owners.set(name, owner ?? `of ${written}`);
        if (problems.length === 0) all[name] = kind as Kind;
      }
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      found.push({ path, message: `${written}: ${error.message}` });
    }
  }
  issues.push(...found);
  const isComplete = found.length === 0 && named.length === valid.length;
  return { kinds: all, isComplete };
}

/**
 * Where a plugin is that the config file at a path names: a path from the
 * current folder, or a URL.
 */
export function locatePlugin(plugin: string, file: string): string {
  return MODULE_SCHEME.test(plugin) || isAbsolute(plugin)
    ? plugin
    : joinPath(dirname(file), plugin);
}

/** The permissions that the import of a plugin takes, by where it is. */
export function pluginPermissions(
  located: string,
): Deno.PermissionDescriptor[] {
  // The runtime lets programs import these without permission.
  if (/^(?:jsr|npm):/i.test(located)) return [];
  if (!/^https?:/i.test(located)) {
    const path = /^file:/i.test(located) ? fileURLToPath(located) : located;
    return [{ name: "read", path }];
  }
  const { hostname, port, protocol } = new URL(located);
  const defaultPort = protocol === "https:" ? "443" : "80";
  return [
    { name: "import", host: `${hostname}:${port || defaultPort}` },
    // The flag replaces the hosts that are allowed without it, such as this
    // one, which we ourselves may come from.
    { name: "import", host: "jsr.io:443" },
  ];
}

/**
 * Imports a plugin and returns the kinds that it exports, whatever they are.
 *
 * Rejects with a {@linkcode PluginError} if it cannot be imported, or exports
 * no map.
 */
async function exportsOf(
  plugin: string,
  file: string,
  limitMs: number,
): Promise<[name: string, kind: unknown][]> {
  if (SCHEME.test(plugin) && !MODULE_SCHEME.test(plugin)) {
    throw new PluginError("expected a path, or a jsr:, npm: or https: URL");
  }
  const located = locatePlugin(plugin, file);
  const url = MODULE_SCHEME.test(located)
    ? located
    : pathToFileURL(resolve(located)).href;
  let module: Module;
  try {
    // A module that was too slow before is not awaited again.
    const wasLate = failed.has(url) && unfinished.has(url);
    const restMs = wasLate ? 0 : limitMs;
    module = await withinLimit(importModule(url), restMs);
  } catch (error) {
    const why = error instanceof TimeLimitError
      ? `it did not finish loading within ${limitMs / 1000}s`
      : whyNotImported(error, url).replaceAll(url, plugin);
    const again = failed.has(url)
      ? "; restart to try again, as a module is imported only once"
      : "";
    failed.add(url);
    throw new PluginError(why + again, { cause: error });
  }
  let got: string;
  try {
    const { default: kinds } = module;
    const entries = typeof kinds === "object" && kinds !== null &&
        !Array.isArray(kinds)
      ? Object.entries(kinds)
      : [];
    if (entries.length > 0) return entries;
    got = typeof kinds === "function" ? "a function" : shown(kinds);
  } catch (error) {
    // A getter and a Proxy run code of the plugin.
    throw new PluginError(`its export throws ${thrownInWords(error)}`, {
      cause: error,
    });
  }
  throw new PluginError(
    `expected export default { NAME: kind, … }, got ${got}`,
  );
}

/**
 * Imports a module. The runtime resolves another import of a module that has
 * not finished too early, before it has exports: the first import is used.
 */
function importModule(url: string): Promise<Module> {
  const earlier = unfinished.get(url);
  if (earlier !== undefined) return earlier;
  const importing: Promise<Module> = import(url);
  unfinished.set(url, importing);
  const end = (): void => void unfinished.delete(url);
  importing.then(end, end);
  return importing;
}

/** Why a module could not be imported, in one line. */
function whyNotImported(thrown: unknown, url: string): string {
  const [name, message] = partsOf(thrown);
  // deno-lint-ignore no-control-regex
  const plain = message.replace(/\x1b\[[\d;]*m/g, "");
  const flag = missingFlag(plain.split("\n")[0]!);
  if (flag !== undefined) return `not allowed by Deno: run with ${flag}`;
  if (plain.startsWith(`Module not found "${url}"`)) return "no such file";
  const isMissing = thrown instanceof Error &&
    (thrown as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND";
  if (!isMissing) {
    return oneLine(`it throws ${name}: ${plain}`);
  }
  // Between the message and the place there may be an excerpt of the file.
  const [first = "", ...rest] = plain.split("\n");
  const place = rest.find((line) => /^\s+at /.test(line)) ?? "";
  return oneLine(first + place);
}

/** The name and the message of what was thrown. */
function partsOf(thrown: unknown): [name: string, message: string] {
  try {
    if (thrown instanceof Error) return [`${thrown.name}`, `${thrown.message}`];
  } catch {
    // A Proxy, or an error whose message is no string.
  }
  return [typeof thrown, thrownInWords(thrown)];
}
