/**
 * Stands in for `parse` and `parseAll` of `@std/yaml` where JSR cannot be
 * reached. It is over version 3 of npm's `js-yaml` since that is what
 * `@std/yaml` was ported from: later ones read numbers, indents and empty nodes
 * in other ways.
 *
 * @module
 */

// deno-lint-ignore-file no-import-prefix

import type * as JsYaml from "npm:@types/js-yaml@^3.12.10";
import source from "npm:js-yaml@^3.14.2/dist/js-yaml.min.js" with {
  type: "text",
};

/**
 * It is a CommonJS module. To import it would load `node:module` and a parser of
 * JavaScript, too: 25 ms at each start, which the real package does not take.
 */
const yaml: typeof JsYaml = moduleOf(source);

function moduleOf<T>(source: string): T {
  const module = { exports: {} as T };
  new Function("module", "exports", source)(module, module.exports);
  return module.exports;
}

/** The schemas that are stood in for; the real one has `extended` as well. */
export type SchemaType = "failsafe" | "json" | "core" | "default";

/** Options for {@linkcode parse}. */
export interface ParseOptions {
  /**
   * Which scalars are more than strings.
   *
   * @default {"default"}
   */
  schema?: SchemaType;
  /**
   * Whether a key may come twice, the last one winning.
   *
   * @default {false}
   */
  allowDuplicateKeys?: boolean;
}

/** Unlike `js-yaml`, `@std/yaml` has no base 60: `1:30` is a string. */
function withoutBase60(schema: JsYaml.Schema): JsYaml.Schema {
  const { compiledImplicit } = schema as JsYaml.Schema & {
    readonly compiledImplicit: readonly (JsYaml.Type & { tag: string })[];
  };
  const implicit = compiledImplicit
    .filter(({ tag }) => tag.endsWith(":int") || tag.endsWith(":float"))
    .map(({ tag, construct, resolve }) =>
      new yaml.Type(tag, {
        kind: "scalar",
        construct,
        resolve: (text) => resolve(text) && !text.includes(":"),
      })
    );
  return new yaml.Schema({ include: [schema], implicit });
}

const SCHEMAS: Readonly<Record<SchemaType, JsYaml.Schema>> = {
  failsafe: yaml.FAILSAFE_SCHEMA,
  json: withoutBase60(yaml.JSON_SCHEMA),
  core: withoutBase60(yaml.CORE_SCHEMA),
  default: withoutBase60(yaml.DEFAULT_SAFE_SCHEMA),
};

/**
 * The value of a YAML text; `null` if there is none.
 *
 * @throws {SyntaxError} If it is not YAML, or more than one document.
 */
export function parse(content: string, options: ParseOptions = {}): unknown {
  return read(() => yaml.safeLoad(content, loadOptions(options)) ?? null);
}

/**
 * The values of all documents of a YAML text, as a list.
 *
 * @throws {SyntaxError} If it is not YAML.
 */
export function parseAll(
  content: string,
  options: ParseOptions = {},
): unknown[] {
  return read(() => yaml.safeLoadAll(content, undefined, loadOptions(options)));
}

function loadOptions(
  { schema = "default", allowDuplicateKeys = false }: ParseOptions,
): JsYaml.LoadOptions {
  return { schema: SCHEMAS[schema], json: allowDuplicateKeys };
}

function read<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    throw new SyntaxError(error.message, { cause: error });
  }
}
