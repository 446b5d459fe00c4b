import { loadConfig } from "../../agent/config.ts";
import { fileOf, parse } from "../args.ts";
import { EXIT } from "../usage.ts";

/** What `lifesign validate --help` says. */
export const help = `Prints every problem of a config file.

Usage: lifesign validate [FILE]

FILE is lifesign.yaml unless it is given.

Options:
  --help  Print this

Exit codes:
  0  the file is right
  2  it is not, or cannot be read
`;

/** Reads a config; what is wrong with it is an exception. */
export async function run(args: readonly string[]): Promise<number> {
  const file = fileOf(parse(args, {}));
  const { checks } = await loadConfig(file);
  console.log(
    `${file}: ${checks.length} check${
      checks.length === 1 ? "" : "s"
    }, no problems`,
  );
  return EXIT.ok;
}
