import type { Imported } from "../../src/import/formats.ts";
import type { Format } from "../../src/import/recognise.ts";
import { importChecks } from "../../src/import/formats.ts";
import type { ImportOptions, Source } from "../../src/import/options.ts";
import { ConfigError } from "../../src/config/error.ts";
import { parseYaml } from "../../src/config/yaml/yaml.ts";

/** How texts are imported. */
export interface ImportTextsOptions extends Partial<ImportOptions> {
  /** The environment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Other files, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Imports texts, as the files `a.yaml`, `b.yaml` and so on. */
export function importTexts(
  format: Format,
  texts: string | readonly string[],
  options: ImportTextsOptions = {},
): Promise<Imported> {
  const sources = [texts].flat().map((text, i): Source => {
    const name = `${String.fromCharCode(97 + i)}.yaml`;
    return { name, path: name, text };
  });
  return importSources(format, sources, options);
}

/** Imports files, with nothing to be seen but what is named. */
export function importSources(
  format: Format,
  sources: readonly Source[],
  { variables = {}, files = {}, ...options }: ImportTextsOptions = {},
): Promise<Imported> {
  const env = (name: string): string | undefined => variables[name];
  return importChecks(format, sources, {
    address: "127.0.0.1",
    exec: "docker",
    native: false,
    env,
    optionalEnv: env,
    read: (path) =>
      Object.hasOwn(files, path) ? Promise.resolve(files[path]!) : Promise
        .reject(new ConfigError(path, [{ path: "", message: "no such file" }])),
    readOptional: (path) => Promise.resolve(files[path]),
    folder: () => "/srv/Shop.1",
    ...options,
  });
}

/** The checks of what was imported, as they are written. */
export function checksOf(
  { text }: Imported,
): Record<string, Record<string, unknown>> {
  if (text === undefined) return {};
  const { checks } = parseYaml(text) as { readonly checks: unknown };
  // With the prototype that other objects have.
  return JSON.parse(JSON.stringify(checks));
}

/** The issues of an import that fails, with their paths. */
export async function issuesOf(
  importing: Promise<Imported>,
): Promise<string[]> {
  try {
    const { text, warnings } = await importing;
    throw new Error(`Expected issues, got ${text} and ${warnings.join("\n")}`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message }) =>
      path === "" ? message : `${path}: ${message}`
    );
  }
}
