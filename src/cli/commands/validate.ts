import { loadConfig } from "../../agent/config.ts";
import { fileOf, parse } from "../args.ts";
import { EXIT } from "../usage.ts";

/** What `lifesign validate --help` says. */
export const help = `Prints every problem of a config file.

Usage: lifesign validate [FILE]

FILE is lifesign.yaml by default.

Options:
  --help  Print this help

Exit codes:
  0  the file is valid
  2  it is not, or cannot be read
`;

/** Loads a config file, which throws if there are problems. */
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
