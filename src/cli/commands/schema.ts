import { SECTIONS } from "../../agent/sections.ts";
import { jsonSchema } from "../../config/json_schema.ts";
import { VERSION } from "../../version.ts";
import { parse } from "../args.ts";
import { EXIT, UsageError } from "../usage.ts";

/** What `lifesign schema --help` says. */
export const help: string =
  `Prints the JSON Schema of config files, for editors.

Usage: lifesign schema

It is JSON Schema 2020-12, and is also a file of the package:

  ${idOf(VERSION)}

Editors with the YAML language server use it if that is the ADDRESS in the
first line of lifesign.yaml:

  # yaml-language-server: $schema=ADDRESS

A file may meet it and still be refused: what variables come to, how long a
duration may be, and what goes with what, only lifesign validate knows.

Options:
  --help  Print this

Examples:
  lifesign schema > lifesign.schema.json
`;

/** Prints the schema. */
export function run(args: readonly string[]): Promise<number> {
  const { positionals } = parse(args, {});
  if (positionals.length > 0) {
    throw new UsageError(`Expected no arguments, got ${positionals.join(" ")}`);
  }
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: idOf(VERSION),
    ...jsonSchema(SECTIONS),
  };
  console.log(JSON.stringify(schema, null, 2));
  return Promise.resolve(EXIT.ok);
}

/** Where the package has the schema of a version. */
function idOf(version: string): string {
  return `https://jsr.io/@lifesign/lifesign/${version}/schema.json`;
}
