import { ConfigError, loadConfig } from "../../agent/config.ts";
import { maintenanceNotes } from "../../agent/maintenance/windows.ts";
import { SECTIONS } from "../../agent/sections.ts";
import { verifyChecks } from "../../config/verify.ts";
import { oneLine, shellQuoted } from "../../core/text.ts";
import { wallTime } from "../../io/clock.ts";
import { flagsOf, merged } from "../../io/permission_flags.ts";
import { fileOf, parse } from "../args.ts";
import { EXIT } from "../usage.ts";

/** What `lifesign validate --help` says. */
export const help = `Prints every problem of a config file.

The files that checks and cluster name, such as certificates, are read as well
if that is allowed. The next runs of schedules and the next times of
maintenance windows are printed.

Usage: lifesign validate [FILE]

FILE is lifesign.yaml by default.

Options:
  --help  Print this help

Exit codes:
  0  the file is valid
  2  it is not, or cannot be read
`;

/** Loads and verifies a config file, and throws if there are problems. */
export async function run(args: readonly string[]): Promise<number> {
  const file = fileOf(parse(args, {}));
  const { checks, sections, timezone } = await loadConfig(file);
  const { notes, ...verified } = await verifyChecks(checks);
  const found = await Promise.all(
    SECTIONS.flatMap(({ key, verify }) =>
      sections[key] === undefined ? [] : verify?.(sections[key]) ?? []
    ),
  );
  const issues = [verified, ...found].flatMap(({ issues }) => issues);
  if (issues.length > 0) throw new ConfigError(file, issues);
  const missing = [verified, ...found].flatMap(({ missing }) => missing);
  if (missing.length > 0) {
    const flags = flagsOf(merged(missing)).map(shellQuoted).join(" ");
    console.error(
      `lifesign: some files are not verified without ${flags}`,
    );
  }
  console.log(
    `${file}: ${checks.length} check${
      checks.length === 1 ? "" : "s"
    }, no problems`,
  );
  for (const [id, note] of notes) console.log(`  ${oneLine(id)}: ${note}`);
  const { maintenance = [] } = sections;
  for (const note of maintenanceNotes(maintenance, timezone, wallTime())) {
    console.log(`  ${note}`);
  }
  return EXIT.ok;
}
