import { namedKinds, unloadedOf } from "../probes/table.ts";
import type { Kinds } from "../probes/kind.ts";
import { thrownInWords } from "../core/text.ts";
import { type ConfigIssue, inFile, join } from "../schema/issue.ts";
import { Expanded, type Lookup } from "../schema/variables.ts";
import {
  type Config,
  envOf,
  type ParseConfigOptions,
  toConfig,
} from "./config.ts";
import { type Document, readDocument } from "./document.ts";
import type { ImportedKinds, PluginOptions } from "./plugins/plugins.ts";
import type { ConfigSection, Sections } from "./section.ts";
import { ConfigError } from "./error.ts";
import { includedBy } from "./files/include.ts";
import { POLICY_PROPERTIES } from "./policy_schema.ts";
import { readConfig } from "./files/read.ts";

/** Options for {@linkcode loadConfig}. */
export type LoadConfigOptions = Omit<ParseConfigOptions, "source">;

/**
 * Reads a config from a file, with the files that it includes, and imports its
 * plugins.
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
 * Reads a config as `parseConfig()` does, and loads the kinds, the plugins and
 * the files that it names. Their paths are relative to `source`.
 *
 * Rejects with a {@linkcode ConfigError} if it has problems.
 */
export async function loadConfigText(
  text: string,
  sections: Sections,
  { env = envOf, kinds, source = "config" }: ParseConfigOptions = {},
): Promise<Config> {
  const issues: ConfigIssue[] = [];
  const document = readDocument(text, env, issues);
  const { paths, documents } = await include(document, source, env, issues);
  const all = document === undefined ? documents : [document, ...documents];
  const known = kinds ?? await kindsFor(all);
  const unloaded = kinds === undefined ? unloadedOf(known) : [];
  const options = { file: source, kinds: known, taken: unloaded };
  const imported = await withPlugins(document, options, issues);
  await loadNeeds(all, imported.kinds, issues);
  const values = (document?.value ?? {}) as Readonly<Record<string, unknown>>;
  const named = typeof sections === "function"
    ? await sections(Object.keys(values))
    : sections;
  for (const { key, load } of named) await load?.(values[key]);
  return toConfig(document, named, {
    ...imported,
    unloaded,
    source,
    include: paths,
    included: documents,
  }, issues);
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
  const options = { file: path, kinds: kinds ?? await namedKinds() };
  const all = await withPlugins(document, options, issues);
  if (!all.isComplete) throw new ConfigError(path, issues);
  return all.kinds;
}

/** Reads the files that a document includes. Adds problems to `issues`. */
async function include(
  document: Document | undefined,
  source: string,
  env: Lookup,
  issues: ConfigIssue[],
): Promise<{ paths: readonly string[]; documents: readonly Document[] }> {
  const { include } = (document?.value ?? {}) as { include?: unknown };
  if (include === undefined) return { paths: [], documents: [] };
  const { paths, files } = await includedBy(source, include, issues);
  const documents: Document[] = [];
  for (const file of files) {
    const found: ConfigIssue[] = [];
    try {
      const text = await readConfig(file);
      const document = readDocument(text, env, found);
      // A file may be empty, or have only comments.
      const value = document?.value ?? {};
      if (document !== undefined) documents.push({ ...document, value, file });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      found.push(...error.issues);
    }
    for (const issue of found) issues.push(inFile(file, issue));
  }
  return { paths, documents };
}

/** The built-in kinds that documents name, or all if their `defaults` need them. */
async function kindsFor(documents: readonly Document[]): Promise<Kinds> {
  const types = documents.flatMap((document) =>
    Array.from(checksOf(document), ([, fields]) => typeOf(fields))
  );
  const kinds = await namedKinds(
    types.filter((type) => typeof type === "string"),
  );
  const isKnown = (key: string): boolean =>
    Object.hasOwn(POLICY_PROPERTIES, key) ||
    Object.values(kinds).some(({ defaults = {} }) =>
      Object.hasOwn(defaults, key)
    );
  const keys = documents.flatMap(({ value }) =>
    Object.keys((value as { defaults?: unknown } | null)?.defaults ?? {})
  );
  return keys.every(isKnown) ? kinds : await namedKinds();
}

/** The checks of a document by their ids, whatever they are. */
function checksOf({ value }: Document): [id: string, fields: unknown][] {
  const { checks } = (value ?? {}) as { checks?: unknown };
  return Object.entries(checks ?? {});
}

/** The type of a check, whatever that is. */
function typeOf(fields: unknown): unknown {
  const { type } = (fields ?? {}) as { type?: unknown };
  return type instanceof Expanded ? type.text : type;
}

/** Loads what the options of the checks need. Adds problems to `issues`. */
async function loadNeeds(
  documents: readonly Document[],
  kinds: Kinds,
  issues: ConfigIssue[],
): Promise<void> {
  /** What is to be loaded, and the first option that needs it. */
  const needed = new Map<
    () => Promise<unknown>,
    { path: string; file: string | undefined }
  >();
  for (const document of documents) {
    for (const [id, fields] of checksOf(document)) {
      const name = typeOf(fields);
      if (typeof name !== "string" || !Object.hasOwn(kinds, name)) continue;
      for (const [option, load] of Object.entries(kinds[name]!.load ?? {})) {
        if (!Object.hasOwn(fields as object, option) || needed.has(load)) {
          continue;
        }
        const path = join(join("checks", id), option);
        needed.set(load, { path, file: document.file });
      }
    }
  }
  await Promise.all(Array.from(needed, async ([load, { path, file }]) => {
    try {
      await load();
    } catch (thrown) {
      const message = `cannot load what it needs: ${thrownInWords(thrown)}`;
      issues.push(inFile(file, { path, message }));
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
