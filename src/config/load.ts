import { whyUnread } from "../core/access.ts";
import { builtInKinds, LAZY_KINDS } from "../probes/table.ts";
import type { Kinds } from "../probes/kind.ts";
import { thrownInWords } from "../core/text.ts";
import { type ConfigIssue, join } from "../schema/issue.ts";
import { Expanded } from "../schema/variables.ts";
import {
  type Config,
  envOf,
  type ParseConfigOptions,
  toConfig,
} from "./config.ts";
import { type Document, readDocument } from "./document.ts";
import type { ImportedKinds, PluginOptions } from "./plugins/plugins.ts";
import type { ConfigSection } from "./section.ts";
import { ConfigError } from "./error.ts";
import { POLICY_PROPERTIES } from "./policy_schema.ts";

/** The most bytes of a config file. */
const MAX_BYTES = 10 * 1024 * 1024;

/** Options for {@linkcode loadConfig}. */
export type LoadConfigOptions = Omit<ParseConfigOptions, "source">;

/**
 * Reads a config from a file, and imports its plugins.
 *
 * Rejects with a {@linkcode ConfigError} if the file cannot be read, is larger
 * than 10 MiB, is not UTF-8, or has problems.
 */
export async function loadConfig(
  path: string,
  sections: readonly ConfigSection[],
  options: LoadConfigOptions = {},
): Promise<Config> {
  const text = await readConfig(path);
  return await loadConfigText(text, sections, { ...options, source: path });
}

/**
 * Reads a config as `parseConfig()` does, and loads the kinds and the plugins
 * that it names. Paths of plugins are relative to `source`.
 *
 * Rejects with a {@linkcode ConfigError} if it has problems.
 */
export async function loadConfigText(
  text: string,
  sections: readonly ConfigSection[],
  { env = envOf, kinds, source = "config" }: ParseConfigOptions = {},
): Promise<Config> {
  const issues: ConfigIssue[] = [];
  const document = readDocument(text, env, issues);
  const known = kinds ?? await kindsFor(document);
  const unloaded = kinds === undefined
    ? Object.keys(LAZY_KINDS).filter((name) => !Object.hasOwn(known, name))
    : [];
  const options = { file: source, kinds: known, taken: unloaded };
  const all = await withPlugins(document, options, issues);
  await loadNeeds(document, all.kinds, issues);
  const context = { ...all, unloaded, source };
  return toConfig(document, sections, context, issues);
}

/**
 * The kinds that the checks of a file may be of: the built-in ones, and those
 * of its plugins.
 *
 * Rejects as {@linkcode loadConfig} does, but whatever its checks are.
 */
export async function loadKinds(
  path: string,
  { env = envOf, kinds }: LoadConfigOptions = {},
): Promise<Kinds> {
  const issues: ConfigIssue[] = [];
  const document = readDocument(await readConfig(path), env, issues);
  if (document === undefined) throw new ConfigError(path, issues);
  const options = { file: path, kinds: kinds ?? await builtInKinds() };
  const all = await withPlugins(document, options, issues);
  if (!all.isComplete) throw new ConfigError(path, issues);
  return all.kinds;
}

/** The built-in kinds that a document names, or all if its `defaults` need them. */
async function kindsFor(document: Document | undefined): Promise<Kinds> {
  const { checks, defaults } = (document?.value ?? {}) as {
    checks?: unknown;
    defaults?: unknown;
  };
  const kinds = await builtInKinds(
    Object.values(checks ?? {}).map((fields) => String(typeOf(fields))),
  );
  const isKnown = (key: string): boolean =>
    Object.hasOwn(POLICY_PROPERTIES, key) ||
    Object.values(kinds).some(({ defaults = {} }) =>
      Object.hasOwn(defaults, key)
    );
  return Object.keys(defaults ?? {}).every(isKnown)
    ? kinds
    : await builtInKinds();
}

/** The type of a check, whatever that is. */
function typeOf(fields: unknown): unknown {
  const { type } = (fields ?? {}) as { type?: unknown };
  return type instanceof Expanded ? type.text : type;
}

/** Loads what the options of the checks need. Adds problems to `issues`. */
async function loadNeeds(
  document: Document | undefined,
  kinds: Kinds,
  issues: ConfigIssue[],
): Promise<void> {
  const { checks } = (document?.value ?? {}) as { checks?: unknown };
  /** What is to be loaded, and the path of the first option that needs it. */
  const needed = new Map<() => Promise<unknown>, string>();
  for (const [id, fields] of Object.entries(checks ?? {})) {
    const name = typeOf(fields);
    if (typeof name !== "string" || !Object.hasOwn(kinds, name)) continue;
    for (const [option, load] of Object.entries(kinds[name]!.load ?? {})) {
      if (!Object.hasOwn(fields, option) || needed.has(load)) continue;
      needed.set(load, join(join("checks", id), option));
    }
  }
  await Promise.all(Array.from(needed, async ([load, path]) => {
    try {
      await load();
    } catch (thrown) {
      const message = `cannot load what it needs: ${thrownInWords(thrown)}`;
      issues.push({ path, message });
    }
  }));
}

/** Adds the kinds of a document's plugins to the given ones. */
async function withPlugins(
  document: Document | undefined,
  options: PluginOptions,
  issues: ConfigIssue[],
): Promise<ImportedKinds> {
  const { plugins } = (document?.value ?? {}) as { plugins?: unknown };
  if (plugins === undefined) return { kinds: options.kinds, isComplete: true };
  // Loaded only when it is needed.
  const { importPlugins } = await import("./plugins/plugins.ts");
  return await importPlugins(plugins, options, issues);
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

/** Reads a file up to the limit, since some devices have no end. */
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
