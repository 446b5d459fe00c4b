import { described, NON_EMPTY_STRING } from "../../schema/values.ts";
import type { Schema } from "../../schema/schema.ts";
import { isGranted } from "../../io/permission_flags.ts";
import type { Section } from "../section.ts";
import { filePermissions, workerPermission } from "./files.ts";

/** What a config says of its history. */
export interface HistoryValue {
  /** The file. */
  readonly file: string;
  /** How long attempts are kept, in milliseconds. */
  readonly detailMs: number;
  /** How long everything else is kept, in milliseconds. */
  readonly keepMs: number;
}

/** A history as it is in a file. */
type HistoryOptions = string | {
  readonly file: string;
  readonly detail?: string;
  readonly keep?: string;
};

const DAY_MS = 86_400_000;
const UNITS_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
  y: 365 * DAY_MS,
};

const DEFAULTS = { detail: "7d", keep: "2y" };

const LENGTH: Schema = {
  title: 'a length of time such as "12h", "7d", "4w" or "2y"',
  examples: ["7d", "2y"],
  type: "string",
  pattern: "^[1-9]\\d{0,3}[hdwy]$",
};

const PATH: Schema = { ...NON_EMPTY_STRING, title: "a path" };

const SCHEMA: Schema = {
  title: "a path, or a map such as { file: lifesign.db, detail: 7d, keep: 2y }",
  description: "Where to keep the past of the checks, and for how long",
  examples: ["lifesign.db"],
  anyOf: [PATH, {
    type: "object",
    properties: {
      file: described(PATH, "The file"),
      detail: described(
        LENGTH,
        "How long each attempt is kept",
        DEFAULTS.detail,
      ),
      keep: described(
        LENGTH,
        "How long days and incidents are kept",
        DEFAULTS.keep,
      ),
    },
    required: ["file"],
    additionalProperties: false,
  }],
};

/** Keeps what is known of the checks, and their past, in a SQLite file. */
export const historySection: Section<HistoryValue> = {
  key: "history",
  schema: SCHEMA,
  parse: parseHistory,
  needs({ file }) {
    const worker = workerPermission();
    return [...filePermissions(file), ...(worker ? [worker] : [])];
  },
  async start({ file: path, detailMs, keepMs }, context) {
    const { say, timeZone } = context;
    const missing = missingFlags(path);
    if (missing !== "") {
      say(`${path}: the history is not kept without ${missing}`, "warn");
      return undefined;
    }
    const { openHistory } = await import("./open.ts");
    const options = { path, timeZone, detailMs, keepMs };
    return await openHistory(options, context);
  },
};

function parseHistory(
  value: HistoryOptions | undefined,
): HistoryValue | undefined {
  if (value === undefined) return undefined;
  const { file, detail, keep } = {
    ...DEFAULTS,
    ...(typeof value === "string" ? { file: value } : value),
  };
  return { file, detailMs: toMs(detail), keepMs: toMs(keep) };
}

function toMs(length: string): number {
  return Number(length.slice(0, -1)) * UNITS_MS[length.at(-1)!]!;
}

/** The flags that are missing to keep a history there. */
function missingFlags(path: string): string {
  // Not to be asked for on a terminal: it works without.
  const missing = filePermissions(path).filter((it) => !isGranted(it));
  return [...Map.groupBy(missing, ({ name }) => name)].map(([name, them]) =>
    `--allow-${name}=${them.map(({ path }) => path).join(",")}`
  ).join(" ");
}
