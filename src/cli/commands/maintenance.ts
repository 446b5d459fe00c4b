import { environmentToken, TOKEN_VARIABLE } from "../../agent/token.ts";
import { parseDuration } from "../../core/duration.ts";
import { wallTime } from "../../io/clock.ts";
import type { MaintenanceList } from "../../server/maintenance/list.ts";
import { type Arguments, oneOf, parse } from "../args.ts";
import {
  askJson,
  DEFAULT_URL,
  type Init,
  sayOther,
  sayRefused,
  urlOf,
} from "../ask_agent.ts";
import { printable } from "../terminal/columns.ts";
import { EXIT, UsageError } from "../usage.ts";

/** What `lifesign maintenance --help` says. */
export const help: string = `Starts, stops and lists maintenance by hand.

While a check is in maintenance, nobody is told of its incidents, and the time
does not count in its uptime. It is tried as always.

Usage: lifesign maintenance start [OPTIONS] [CHECK ...] --for TIME
       lifesign maintenance stop [OPTIONS] [CHECK ...]
       lifesign maintenance list [OPTIONS]

All of them print what is in force then, with what the config file plans next.
The maintenance windows of the file are not stopped.

The agent is asked by its HTTP app. It takes its token from ${TOKEN_VARIABLE}; an
agent without a token has to listen on a loopback address.

Options:
  --for TIME      How long it lasts, such as 30m; it takes the place of what
                  was started for the check before
  --group NAME    The checks of this group; may be repeated
  --all           All checks
  --reason TEXT   Why, for people
  --url URL       Where the HTTP app is [default: ${DEFAULT_URL}]
  --format FORMAT text or json [default: text]
  --help          Print this help

Exit codes:
  0  done
  1  the agent could not be asked, or does not allow it
  2  the command line is wrong, or there is no such check or group

Examples:
  lifesign maintenance start web api --for 30m --reason "Deploying 2.1"
  lifesign maintenance start --group edge --for 2h
  lifesign maintenance stop --all
`;

const ACTIONS = ["start", "stop", "list"] as const;

/** Asks an agent, and prints its maintenance. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args, {
    for: { type: "string" },
    group: { type: "string", multiple: true },
    all: { type: "boolean" },
    reason: { type: "string" },
    url: { type: "string" },
    format: { type: "string" },
  });
  const format = oneOf("format", values.format, ["text", "json"]);
  const url = urlOf(values.url as string | undefined);
  const [request, init] = requestOf(url, { values, positionals });
  const answer = await askJson(request, {
    init,
    token: environmentToken(() => {}),
    shownAs: url,
  });
  if (answer === undefined) return EXIT.failure;
  if (answer.status !== 200) return sayRefused(answer);
  const list = answer.json;
  if (!isList(list)) {
    sayOther(url);
    return EXIT.failure;
  }
  console.log(
    format === "json"
      ? JSON.stringify(list, null, 2)
      : inWords(list).join("\n"),
  );
  return EXIT.ok;
}

/** The request that a command line asks for. */
function requestOf(
  url: URL,
  { values, positionals: [action, ...checks] }: Arguments,
): [URL, Init] {
  const known = ACTIONS.find((each) => each === action);
  if (known === undefined) {
    throw new UsageError(
      `Expected start, stop, or list, got ${
        JSON.stringify(action) ?? "nothing"
      }`,
    );
  }
  const groups = (values.group ?? []) as readonly string[];
  const all = values.all === true;
  const isAny = checks.length > 0 || groups.length > 0 || all;
  for (
    const [name, isUsed] of [
      ["for", known === "start"],
      ["reason", known === "start"],
      ["group", known !== "list"],
      ["all", known !== "list"],
    ] as const
  ) {
    if (values[name] !== undefined && !isUsed) {
      throw new UsageError(`--${name}: expected no such option with ${known}`);
    }
  }
  const at = new URL("maintenance", url);
  if (known === "list") {
    if (checks.length === 0) return [at, {}];
    throw new UsageError(
      `Expected no check with list, got ${checks.join(" ")}`,
    );
  }
  if (!isAny) {
    throw new UsageError(
      "Expected a check, --group or --all, got none of them",
    );
  }
  if (known === "stop") {
    for (const check of checks) at.searchParams.append("check", check);
    for (const group of groups) at.searchParams.append("group", group);
    if (all) at.searchParams.append("all", "");
    return [at, { method: "DELETE" }];
  }
  const { reason } = values;
  return [at, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      checks,
      groups,
      all,
      for: durationOf(values.for as string | undefined),
      ...(reason !== undefined && { reason }),
    }),
  }];
}

function durationOf(text: string | undefined): string {
  if (text === undefined) {
    throw new UsageError("Expected --for with a duration such as 30m");
  }
  try {
    if (parseDuration(text) > 0) return text;
  } catch {
    // It is no duration.
  }
  throw new UsageError(
    `--for: expected a duration above 0 such as 30m, got ${
      JSON.stringify(text)
    }`,
  );
}

function isList(json: unknown): json is MaintenanceList {
  const { active, planned } = Object(json);
  return Array.isArray(active) && Array.isArray(planned);
}

/** The lines that say what is in maintenance, and what will be. */
function inWords({ active, planned }: MaintenanceList): string[] {
  const why = (reason: string | null): string =>
    reason === null ? "" : `: ${printable(reason)}`;
  const now = active.map(({ check, to, reason, by }) =>
    `${printable(check)} until ${printable(to)}${
      by === "hand" ? "" : " by the config file"
    }${why(reason)}`
  );
  const next = planned.filter(({ from }) => Date.parse(from) > wallTime())
    .map(({ from, to, reason, checks }) =>
      `planned from ${from} to ${to} for ${
        checks === null
          ? "all checks"
          : checks.map((id) => printable(id)).join(", ")
      }${why(reason)}`
    );
  return [...now.length === 0 ? ["no check is in maintenance"] : now, ...next];
}
