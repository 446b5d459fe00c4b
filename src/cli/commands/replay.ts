import { oneOf, type OptionsConfig, parse } from "../args.ts";
import { openPast, PAST_OPTIONS, pastHelp } from "../past.ts";
import {
  type CheckReplay,
  replayCheck,
  sumOf,
} from "../replay/check_replay.ts";
import type { ReplayResult } from "../replay/result.ts";
import { policyInFile, Settings } from "../replay/settings.ts";
import { EXIT } from "../usage.ts";

/** What `lifesign replay --help` says. */
export const help: string =
  `Prints which incidents there would have been with another policy.

Usage: lifesign replay [OPTIONS] [FILE]

FILE is lifesign.yaml by default. The attempts in its history go through the
policies in FILE, with what is set, and what comes of it is compared with the
incidents that were. Nothing is written, and nothing is tried.

Options:
  --set KEY=VALUE  Change the policies: KEY is interval, timeout, retries, rise,
                   start_period, start_interval, backoff (false), backoff.factor
                   or backoff.max, and checks.ID.KEY for one check; may be
                   repeated
${pastHelp("7d")}
  --format FORMAT  table or json [default: table]
  --help           Print this help

For each check, what was and what would have been:
  INCIDENTS  how many lasted at any time
  FOUND      how many of those that were would have been noticed at all
  MISSED     how many would not have been
  NEW        how many there would have been without one that was
  SHORTER    how many would have been shorter
  DOWN       how long incidents lasted
  DELAY      the mean time from the first failure to the beginning of an
             incident
  MESSAGES   one for the beginning and one for the end of each incident

What cannot be known:
  - Attempts that a shorter interval would have made were not made. With a
    longer one, only the attempts count that it would have made.
  - An attempt that timed out might have passed with a longer timeout. With a
    shorter one, attempts that took longer fail.
  - The start periods after restarts of the agent, and whether maintenance or a
    check that others depend on would have muted an incident.
  - Attempts are kept for the "detail" of the history, 7 days by default.

Exit codes:
  0  the comparison was printed
  2  the command line, the config file or the history is wrong

Examples:
  lifesign replay --set retries=5
  lifesign replay --since 2d --check web --set interval=30s --set rise=2
  lifesign replay --set checks.web.backoff=false --format json
`;

const OPTIONS: OptionsConfig = {
  ...PAST_OPTIONS,
  set: { type: "string", multiple: true },
  format: { type: "string" },
};

/** Prints what another policy would have made of the past. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parse(args, OPTIONS);
  const { values } = parsed;
  const format = oneOf("format", values.format, ["table", "json"]);
  using past = await openPast(parsed, "7d");
  const { file, ids, checks, archive, range, zone } = past;
  const texts = (values.set ?? []) as readonly string[];
  const settings = new Settings(texts, checks, { file, ids });
  const replays: CheckReplay[] = [];
  for (const check of checks) {
    const policies = {
      inFile: policyInFile(check),
      changed: settings.policyOf(check),
    };
    replays.push(await replayCheck(archive, check, policies, range));
  }
  const result: ReplayResult = {
    ...range,
    settings: texts,
    checks: replays,
    all: sumOf(replays),
  };
  console.log(
    format === "json"
      ? (await import("../replay/json.ts")).toJson(result, file)
      : await (await import("../replay/table.ts")).toTable(result, file, zone),
  );
  return EXIT.ok;
}
