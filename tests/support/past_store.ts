/**
 * Histories of agents that never ran, written through the real store.
 *
 * @module
 */

import type { Incident } from "../../src/core/past/incident.ts";
import type { Status } from "../../src/core/types.ts";
import type { PastAttempt } from "../../src/fleet/history.ts";
import type { Range } from "../../src/fleet/past/archive.ts";
import {
  EventWriter,
  NOT_WATCHED,
  statusCode,
} from "../../src/sinks/history/events.ts";
import { attemptCode } from "../../src/sinks/history/packed.ts";
import { Store } from "../../src/sinks/history/store/store.ts";

/** What happened to a check. Times are milliseconds of the epoch, in order. */
export interface CheckPast {
  /** What it became when; `null` once it was removed. */
  readonly statuses?: readonly (readonly [at: number, status: Status | null])[];
  /** When maintenance began, and when it ended, in turns. */
  readonly maintenance?: readonly number[];
  readonly attempts?: readonly PastAttempt[];
}

/** What an agent has kept. */
export interface AgentPast {
  readonly checks: Readonly<Record<string, CheckPast>>;
  /** When it ran, in order. */
  readonly runs: readonly Range[];
  readonly incidents?: readonly Incident[];
  /** @default {"UTC"} */
  readonly timeZone?: string;
  /**
   * How much is written at a time, in milliseconds.
   *
   * @default {60_000}
   */
  readonly batchMs?: number;
}

type Happening = readonly [at: number, write: (events: EventWriter) => void];

/** Writes the history of an agent, as the agent does. */
export function writeHistory(
  path: string,
  { checks, runs, incidents = [], timeZone = "UTC", batchMs = 60_000 }:
    AgentPast,
): void {
  using store = new Store(path, { timeZone });
  const numbers = Object.keys(checks).map((id, i) => [i + 1, id] as const);
  store.write({
    batches: [],
    checks: JSON.stringify(numbers),
    states: [],
    forgotten: [],
    incidents,
  });
  const events = new EventWriter();
  const happenings = numbers.flatMap(([number, id]) =>
    happeningsOf(number, checks[id]!)
  ).sort(([a], [b]) => a - b);
  let next = 0;
  for (const { from, to } of runs) {
    // What happened while it did not run, it does not know.
    while (next < happenings.length && happenings[next]![0] < from) next++;
    events.session(from);
    for (const [number, id] of numbers) {
      const { statuses = [], maintenance = [] } = checks[id]!;
      const status = statuses.findLast(([at]) => at < from)?.[1] ?? null;
      if (status !== null) events.status(number, statusCode(status), from);
      const isActive = maintenance.filter((at) => at < from).length % 2 === 1;
      if (isActive) events.maintenance(number, true, from);
    }
    for (let since = from; since < to; since += batchMs) {
      const until = Math.min(to, since + batchMs);
      for (; next < happenings.length && happenings[next]![0] < until; next++) {
        happenings[next]![1](events);
      }
      store.write({
        batches: [{ since, until, ...events.take() }],
        checks: "[]",
        states: [],
        forgotten: [],
        incidents: [],
      });
      while (store.seal());
    }
  }
}

function happeningsOf(
  number: number,
  { statuses = [], maintenance = [], attempts = [] }: CheckPast,
): Happening[] {
  return [
    ...statuses.map(([at, status]): Happening => [
      at,
      (events) =>
        events.status(
          number,
          status === null ? NOT_WATCHED : statusCode(status),
          at,
        ),
    ]),
    ...maintenance.map((at, i): Happening => [
      at,
      (events) => events.maintenance(number, i % 2 === 0, at),
    ]),
    ...attempts.map(({ verdict, at, durationMs, reason }): Happening => [
      at,
      (events) =>
        events.attempt(number, attemptCode(verdict, durationMs), at, reason),
    ]),
  ];
}
