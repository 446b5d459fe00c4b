/** Histories that are kept in this thread, in tests. */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { fail } from "../../../src/core/outcome.ts";
import type { Outcome } from "../../../src/core/types.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import { Keeper } from "../../../src/sinks/history/keeper.ts";
import type { Line } from "../../../src/sinks/history/line.ts";
import type { Reply, Request } from "../../../src/sinks/history/protocol.ts";
import type { CheckRecord } from "../../../src/fleet/record.ts";
import { unpacked } from "../../../src/sinks/history/packed.ts";
import { unpack } from "../../../src/sinks/history/store/chunk.ts";
import { Store } from "../../../src/sinks/history/store/store.ts";
import { Engine } from "../../../src/sinks/history/worker.ts";
import { ERROR, FAIL, PASS, WARN } from "../../support/probes.ts";
import { advance } from "../../support/time.ts";

const DAY = 86_400_000;

/** A failure that says something else each time, which takes memory. */
export function failing(what: string): Outcome {
  return fail({ code: "it", message: what.padEnd(200, ".") });
}

/** A line to an engine in this thread, which may fail as a test wants it to. */
export class TestLine implements Line {
  readonly requests: Request[] = [];
  readonly engine: Engine = new Engine();
  /** What is answered instead of the engine's reply. */
  fault: ((request: Request) => Reply | undefined) | undefined;

  // deno-lint-ignore require-await no-explicit-any
  async ask(request: Request): Promise<any> {
    this.requests.push(request);
    const copy = structuredClone(request);
    return this.fault?.(request) ?? this.engine.answer(copy);
  }

  [Symbol.dispose](): void {}
}

/** A history that is being kept. */
export interface Keeping {
  readonly fleet: Fleet;
  readonly incidents: Incidents;
  readonly keeper: Keeper;
  readonly line: TestLine;
  readonly said: string[];
  /** Starts to write, after all checks were added. */
  begin(): void;
}

/** Keeps a history of a fleet, in faked time. */
export async function keep(path: string): Promise<Keeping> {
  const fleet = new Fleet({ background: false });
  const incidents = new Incidents(fleet, console.error);
  const line = new TestLine();
  const opened = await line.ask({
    type: "open",
    options: { path, timeZone: "UTC", detailMs: 7 * DAY, keepMs: 730 * DAY },
  });
  const said: string[] = [];
  const keeper = new Keeper({
    fleet,
    incidents,
    maintenance: incidents.maintenance,
    line,
    path,
    checks: opened.checks,
    kept: opened.kept,
    trouble: opened.trouble,
    say: (message) => said.push(message),
  });
  return { fleet, incidents, keeper, line, said, begin: () => keeper.begin() };
}

/** Ends what was kept as a crash would: nothing more is written. */
export async function crash({ fleet, keeper, line }: Keeping): Promise<void> {
  line.fault = ({ type }) =>
    type === "close" ? { type: "closed", isWritten: false } : undefined;
  await fleet.close();
  await keeper.close();
  line.fault = undefined;
  // Only to close the file.
  const none = { states: [], forgotten: [], incidents: [], checks: "" };
  await line.ask({ type: "close", entry: { batches: [], ...none } });
}

/** The values that a file has. */
export function keptIn(path: string): Map<string, string> {
  using store = new Store(path, { readOnly: true });
  return store.kept();
}

/** Writes values, and ends as a crash would. */
export async function writeKept(
  path: string,
  values: Iterable<readonly [string, string | null]>,
): Promise<void> {
  using time = new FakeTime(Date.UTC(2026, 10, 26));
  const keeping = await keep(path);
  keeping.begin();
  for (const [name, value] of values) keeping.keeper.kept.put(name, value);
  const written = keeping.keeper.kept.written();
  await advance(time, 1000);
  assertEquals(await written, true);
  await crash(keeping);
}

/** What a history knows of checks, as records. */
export function recordsOf(path: string): CheckRecord[] {
  using store = new Store(path, { readOnly: true });
  return Array.from(store.records().values(), ({ state, recent }) => {
    const { passed, failed, ...rest } = state;
    const attempts = unpack(recent, 0).map(unpacked);
    return { ...rest, history: { attempts, passed, failed } };
  });
}

/** A record without what is not written after each attempt: its details. */
export function known(record: CheckRecord | undefined): unknown {
  return record && JSON.parse(JSON.stringify({ ...record, detail: null }));
}

/** Any outcome. */
export const OUTCOME: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
  PASS,
  PASS,
  PASS,
  WARN,
  FAIL,
  FAIL,
  { ...FAIL, reason: { code: "dns", message: "No such name" } },
  ERROR,
);
