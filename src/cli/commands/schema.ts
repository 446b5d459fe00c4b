import { SECTIONS } from "../../agent/sections.ts";
import { loadKinds } from "../../config/load.ts";
import { builtInKinds } from "../../probes/built_in.ts";
import { jsonSchema } from "../../config/json_schema.ts";
import { VERSION } from "../../version.ts";
import { fileOf, parse } from "../args.ts";
import { EXIT } from "../usage.ts";

/** What `lifesign schema --help` says. */
export const help: string =
  `Prints the JSON Schema of config files, for editors.

Usage: lifesign schema [FILE]

With FILE, the schema has the kinds of the plugins of FILE, too.

The schema is JSON Schema 2020-12. Without plugins, it is also a file of the
package:

  ${idOf(VERSION)}

An editor with the YAML language server uses it if this is the first line of
lifesign.yaml, with that address:

  # yaml-language-server: $schema=ADDRESS

The schema cannot express everything. Only lifesign validate checks the values
of variables, the length of durations, and which keys exclude each other.

Options:
  --help  Print this help

Examples:
  lifesign schema > lifesign.schema.json
  lifesign schema lifesign.yaml > lifesign.schema.json
`;

/** Prints the schema. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parse(args, {});
  const schema = parsed.positionals.length === 0
    ? { $id: idOf(VERSION), ...jsonSchema(SECTIONS, await builtInKinds()) }
    : jsonSchema(SECTIONS, await loadKinds(fileOf(parsed)));
  const dialect = "https://json-schema.org/draft/2020-12/schema";
  console.log(JSON.stringify({ $schema: dialect, ...schema }, null, 2));
  return EXIT.ok;
}

/** Where the package has the schema of a version. */
function idOf(version: string): string {
  return `https://jsr.io/@lifesign/lifesign/${version}/schema.json`;
}
