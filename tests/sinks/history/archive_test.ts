import { assertEquals } from "@std/assert";
import type { Verdict } from "../../../src/core/types.ts";
import { HistoryArchive } from "../../../src/sinks/history/archive.ts";
import {
  EventWriter,
  STATUS_CODES,
  statusCode,
} from "../../../src/sinks/history/events.ts";
import { attemptCode } from "../../../src/sinks/history/packed.ts";
import type { Question, ReplyTo } from "../../../src/sinks/history/protocol.ts";
import { Engine } from "../../../src/sinks/history/worker.ts";
import { place } from "./store/place.ts";

const START = Date.UTC(2026, 10, 26);
const DAY = 86_400_000;

Deno.test("a HistoryArchive has each figure of a period in its place", async () => {
  await using at = await place();
  const engine = new Engine();
  const options = {
    path: at.path,
    timeZone: "UTC",
    detailMs: DAY,
    keepMs: DAY,
  };
  assertEquals(engine.answer({ type: "open", options }).type, "opened");
  const writer = new EventWriter();
  const counts: Record<Verdict, number> = {
    pass: 1,
    warn: 2,
    fail: 3,
    error: 4,
  };
  for (const [verdict, count] of Object.entries(counts)) {
    const code = attemptCode(verdict as Verdict, 5);
    for (let i = 0; i < count; i++) writer.attempt(1, code, START);
  }
  let now = START;
  // The first status lasts for a second, the next one for two, and so on.
  for (const [i, status] of STATUS_CODES.entries()) {
    writer.status(1, statusCode(status), now);
    now += (i + 1) * 1000;
  }
  writer.maintenance(1, true, now);
  now += 5000;
  const entry = {
    batches: [{ since: START, until: now, ...writer.take() }],
    checks: JSON.stringify([[1, "a"]]),
    states: [],
    forgotten: [],
    incidents: [],
  };
  assertEquals(engine.answer({ type: "write", entry }), { type: "written" });
  const archive = new HistoryArchive({
    // deno-lint-ignore require-await
    async ask<Q extends Question>(question: Q) {
      return engine.answer(question) as ReplyTo<Q>;
    },
  });
  const range = { from: START, to: now };
  const [period] = (await archive.periods(["a"], "5m", range)).get("a")!;
  assertEquals(period!.counts, counts);
  assertEquals(period!.spans, {
    unknown: 1000,
    healthy: 2000,
    degraded: 3000,
    unhealthy: 4000,
    maintenance: 5000,
  });
  assertEquals(period!.latency?.count, 3);
  engine.answer({
    type: "close",
    entry: { ...entry, batches: [], checks: "" },
  });
});
