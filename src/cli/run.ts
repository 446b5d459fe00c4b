import { startAgent } from "../agent.ts";
import { loadConfig } from "../config/load.ts";
import type { Snapshot } from "../core/types.ts";
import { untilSignal } from "../io/signals.ts";
import { fileOf, oneOf, parse } from "./args.ts";
import { painted } from "./style.ts";
import { EXIT } from "./usage.ts";

/** What `lifesign run --help` says. */
export const help =
  `Runs the agent: the checks of a file, and the HTTP app that shows them.

Usage: lifesign run [OPTIONS] [FILE]

FILE is lifesign.yaml unless it is given. Each change of status is a line on
stdout. SIGINT or SIGTERM ends the agent, a second one at once.

Options:
  --log FORMAT  text, or json for machines [default: text]
  --help        Print this

Examples:
  lifesign run
  lifesign run --log json /etc/lifesign.yaml | jq .to
`;

/** Runs the agent until a signal ends it. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parse(args, { log: { type: "string" } });
  const format = oneOf("log", parsed.values.log, ["text", "json"]);
  const config = await loadConfig(fileOf(parsed));
  const toLine = format === "json" ? toJson : toText;
  const agent = startAgent(config, {
    onChange: (snapshot, previous) => console.log(toLine(snapshot, previous)),
    onError: (error) => console.error("lifesign:", error),
  });
  const count = config.checks.length;
  console.error(
    `lifesign: ${count} check${count === 1 ? "" : "s"}` +
      (agent.url === null ? "" : `, listening on ${agent.url}`),
  );
  const signal = await untilSignal();
  console.error(`lifesign: ${signal}, ending`);
  await agent.close();
  return EXIT.ok;
}

function toText(snapshot: Snapshot, previous: Snapshot): string {
  const { id, status, since, reason } = snapshot;
  return `${since.toISOString()} ${id} ${previous.status} -> ${
    painted(status, status)
  }${reason === null ? "" : `: ${reason.message}`}`;
}

function toJson(snapshot: Snapshot, previous: Snapshot): string {
  return JSON.stringify({
    time: snapshot.since,
    id: snapshot.id,
    from: previous.status,
    to: snapshot.status,
    reason: snapshot.reason,
  });
}
