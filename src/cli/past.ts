import { whyUnread } from "../core/access.ts";
import { parseMoment } from "../core/past/moment.ts";
import { lowerFirst } from "../core/text.ts";
import type { Archive, Range } from "../fleet/past/archive.ts";
import { Zone } from "../io/calendar/zone.ts";
import { wallTime } from "../io/clock.ts";
import { type Arguments, fileOf, type OptionsConfig } from "./args.ts";
import {
  selectChecks,
  SELECTION_HELP,
  SELECTION_OPTIONS,
} from "./selection.ts";
import type { Check } from "./targets.ts";
import { UsageError } from "./usage.ts";

/** The options of a command that reads a history. */
export const PAST_OPTIONS: OptionsConfig = {
  ...SELECTION_OPTIONS,
  since: { type: "string" },
  until: { type: "string" },
};

/** What they do, for `--help`, where `--since` has a default. */
export function pastHelp(since: string): string {
  return `\
  --since TIME     Where it begins: a duration before now such as 30d, or a time
                   such as 2026-11-01 or 2026-11-01T08:00:00+01:00, in the time
                   zone of FILE if it has none [default: ${since}]
  --until TIME     Where it ends, likewise [default: now]
${SELECTION_HELP}`;
}

/** What is kept of the checks of a file. */
export interface Past extends Disposable {
  /** The config file. */
  readonly file: string;
  /** The ids of all checks. */
  readonly ids: readonly string[];
  /** The checks that are selected. */
  readonly checks: readonly Check[];
  readonly archive: Archive;
  readonly range: Range;
  /** The time zone of the file. */
  readonly zone: Zone;
  /** The current time, in milliseconds of the epoch. */
  readonly now: number;
}

/**
 * Opens the history of a command line's config file to read it, also while an
 * agent writes to it.
 *
 * Rejects with a {@linkcode UsageError} or a `ConfigError` if the command line,
 * the config or the history is wrong.
 */
export async function openPast(
  parsed: Arguments,
  defaultSince: string,
): Promise<Past> {
  const file = fileOf(parsed);
  const { loadConfig, ConfigError } = await import("../agent/config.ts");
  const config = await loadConfig(file);
  const { concurrency, perHost, timezone } = config;
  const source = {
    file,
    checks: config.checks,
    limits: { concurrency, perHost },
  };
  const zone = new Zone(timezone);
  const now = wallTime();
  const range = rangeOf(parsed, { defaultSince, now, zone });
  const checks = selectChecks([source], parsed).filter(({ isPart }) => !isPart);
  const { history } = config.sections;
  if (history === undefined) {
    throw new ConfigError(file, [{
      path: "",
      message: "expected a history, such as history: lifesign.db, got none",
    }]);
  }
  const { ReadHistory } = await import("../sinks/history/read.ts");
  try {
    // A missing file would be called an empty one.
    await Deno.stat(history.file);
    const archive = new ReadHistory(history.file, timezone);
    const close = (): void => archive[Symbol.dispose]();
    return {
      file,
      ids: config.checks.map(({ id }) => id),
      checks,
      archive,
      range,
      zone,
      now,
      [Symbol.dispose]: close,
    };
  } catch (error) {
    const why = whyUnread(error, history.file);
    const message = error instanceof Deno.errors.NotFound
      ? `${why}: lifesign run makes it`
      : why;
    throw new ConfigError(history.file, [{ path: "", message }], {
      cause: error,
    });
  }
}

/**
 * The range of a command line.
 *
 * @throws {UsageError} If it is not valid, or has nothing in it.
 */
function rangeOf(
  { values }: Arguments,
  { defaultSince, now, zone }: {
    readonly defaultSince: string;
    readonly now: number;
    readonly zone: Zone;
  },
): Range {
  const moment = (name: string, otherwise: string): number => {
    try {
      const text = (values[name] ?? otherwise) as string;
      return parseMoment(text, now, (shown) => zone.firstInstantOf(shown));
    } catch (error) {
      const problem = lowerFirst((error as Error).message);
      throw new UsageError(`--${name}: ${problem}`, { cause: error });
    }
  };
  const from = moment("since", defaultSince);
  const to = Math.min(moment("until", "now"), now);
  if (from >= to) {
    throw new UsageError(
      `--since: expected a time before ${new Date(to).toISOString()}, got ${
        new Date(from).toISOString()
      }`,
    );
  }
  return { from, to };
}
