import type { CheckRecord } from "../../fleet/record.ts";
import { flagsOf, isGranted } from "../../io/permission_flags.ts";
import type { RunningSection, SectionContext } from "../section.ts";
import { HistoryArchive } from "./archive.ts";
import { workerPermission } from "./files.ts";
import { Keeper } from "./keeper.ts";
import { type Line, localLine, workerLine } from "./line.ts";
import { unpacked } from "./packed.ts";
import type { HistoryOptions } from "./protocol.ts";
import { unpack } from "./store/chunk.ts";
import type { StoredRecord } from "./store/records.ts";

/**
 * Opens a history, and keeps it from then on. Returns `undefined`, after it has
 * said why, if none can be kept there.
 */
export async function openHistory(
  options: HistoryOptions,
  context: Pick<SectionContext, "fleet" | "incidents" | "maintenance" | "say">,
): Promise<RunningSection | undefined> {
  const { path } = options;
  const { fleet, say } = context;
  const line = await startLine(options, say);
  const opened = await line.ask({ type: "open", options });
  for (const [message, level] of opened.said) say(message, level);
  if (opened.type === "refused") {
    line[Symbol.dispose]();
    return undefined;
  }
  const { checks, records, kept, trouble } = opened;
  if (trouble !== null) {
    say(`${path}: the history cannot be kept: ${trouble}`, "warn");
  }
  const keeper = new Keeper(
    { ...context, line, path, checks, kept, trouble },
  );
  return {
    records: {
      get: (id) => {
        const record = records.get(id);
        return record && toRecord(record);
      },
    },
    incidents: opened.incidents,
    maintenance: opened.byHand,
    archive: new HistoryArchive(line),
    kept: keeper.kept,
    begin: () => keeper.begin(),
    async close() {
      // The last write has the results of the attempts that were in flight.
      await fleet.close();
      await keeper.close();
    },
  };
}

/** Starts the engine: in a worker, unless its modules must not be loaded there. */
async function startLine(
  { path }: HistoryOptions,
  say: SectionContext["say"],
): Promise<Line> {
  const needed = workerPermission();
  if (needed === undefined || isGranted(needed)) return workerLine();
  say(
    `${path}: slow disks hold up the checks without ${flagsOf([needed])}`,
    "warn",
  );
  return await localLine();
}

/** A record as the fleet takes it. */
function toRecord({ state, recent }: StoredRecord): CheckRecord {
  const { passed, failed, ...rest } = state;
  const attempts = unpack(recent, 0).map(unpacked);
  return { ...rest, history: { attempts, passed, failed } };
}
