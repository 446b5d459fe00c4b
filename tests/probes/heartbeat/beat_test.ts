import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Ping } from "../../../src/core/types.ts";
import {
  away,
  type Beat,
  clockSet,
  deadlineOf,
  dueOf,
  expire,
  initialBeat,
  retimed,
  stalled,
  takePing,
} from "../../../src/probes/heartbeat/beat.ts";
import { readCron } from "../../../src/io/calendar/cron.ts";
import { outcomeOf } from "../../../src/probes/heartbeat/outcome.ts";
import { MAX_RUNS } from "../../../src/probes/heartbeat/runs.ts";
import {
  everyTiming,
  scheduleTiming,
  type Timing,
} from "../../../src/probes/heartbeat/timing.ts";
import { Zone } from "../../../src/io/calendar/zone.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY = Date.UTC(2026, 5, 1);
const UTC = new Zone("UTC");

interface Limits {
  readonly grace?: number;
  readonly max?: number;
}

/** A timing, with minutes. */
function every(minutes: number, { grace, max }: Limits = {}): Timing {
  return everyTiming(minutes * MINUTE_MS, inMs({ grace, max }));
}

function schedule(text: string, limits: Limits = {}, zone = UTC): Timing {
  return scheduleTiming(text, readCron(text, zone), inMs(limits));
}

function inMs(
  { grace, max }: { grace?: number | undefined; max?: number | undefined },
): { graceMs: number | undefined; maxRuntimeMs: number | undefined } {
  const ms = (minutes: number | undefined) =>
    minutes === undefined ? undefined : minutes * MINUTE_MS;
  return { graceMs: ms(grace), maxRuntimeMs: ms(max) };
}

/** The time of a day, such as `02:59:58`, or of a later one: `26:00`. */
function at(text: string): number {
  const [hours, minutes, seconds = 0] = text.split(":").map(Number);
  return DAY + hours! * HOUR_MS + minutes! * MINUTE_MS + seconds * 1000;
}

function text(at: number | null): string {
  return at === null ? "never" : UTC.format(at).slice(11);
}

/**
 * What happens, such as `03:00 ok`, `03:00 start a`, `03:00 exit 3`, `03:00 away`,
 * `03:00 set +60` (minutes, the time is that after it), and what is known then.
 */
function play(timing: Timing, events: readonly string[]): string[] {
  let beat: Beat = initialBeat(DAY);
  const told: string[] = [];
  const tell = (when: number): void => {
    const { verdict } = outcomeOf(beat, timing, UTC);
    const kind = beat.miss?.type === "end" ? " end" : "";
    told.push(`${text(when)} ${verdict}${kind}`);
  };
  const until = (now: number): void => {
    for (
      let due = deadlineOf(beat, timing);
      due !== null && due <= now;
      due = deadlineOf(beat, timing)
    ) {
      beat = expire(beat, due, timing)!;
      tell(due);
    }
  };
  for (const event of events) {
    const [time, what, value = ""] = event.split(" ");
    const now = at(time!);
    switch (what) {
      case "away":
        beat = away(beat, now);
        break;
      case "stalled":
        beat = stalled(beat, now);
        break;
      case "set":
        beat = clockSet(beat, Number(value) * MINUTE_MS, now, timing);
        break;
      case "end":
        until(now);
        break;
      default: {
        until(now);
        const before = beat;
        beat = takePing(beat, pingOf(what!, value), now, timing);
        if (beat.end !== before.end) tell(now);
      }
    }
  }
  return told;
}

function pingOf(what: string, value: string): Ping {
  const run = value === "" ? {} : { run: value };
  switch (what) {
    case "ok":
      return { signal: "success", ...run };
    case "exit":
      return { signal: Number(value) };
    default:
      return { signal: what as "start" | "fail" | "log", ...run };
  }
}

const CASES: readonly {
  readonly name: string;
  readonly timing: Timing;
  readonly events: readonly string[];
  readonly told: readonly string[];
}[] = [
  {
    name: "nothing is missed before the first ping",
    timing: every(60),
    events: ["500:00 end"],
    told: [],
  },
  {
    name: "a ping is missed once, an interval and a grace after the last one",
    timing: every(60, { grace: 10 }),
    events: ["00:00 ok", "01:05 ok", "10:00 end"],
    told: ["00:00 pass", "01:05 pass", "02:15 fail"],
  },
  {
    name: "the grace is half of the interval by default",
    timing: every(60),
    events: ["00:00 ok", "10:00 end"],
    told: ["00:00 pass", "01:30 fail"],
  },
  {
    name: "the default grace is an hour at most",
    timing: every(24 * 60),
    events: ["00:00 ok", "100:00 end"],
    told: ["00:00 pass", "01:00 fail"],
  },
  {
    name: "a late ping ends a miss",
    timing: every(60, { grace: 10 }),
    events: ["00:00 ok", "01:30 ok", "02:00 end"],
    told: ["00:00 pass", "01:10 fail", "01:30 pass"],
  },
  {
    name: "failures are told at once",
    timing: every(60, { grace: 10 }),
    events: ["00:00 fail", "00:01 exit 3", "00:02 exit 0", "00:03 ok"],
    told: ["00:00 fail", "00:01 fail", "00:02 pass", "00:03 pass"],
  },
  {
    name: "after a failure, the next ping is missed like any other",
    timing: every(60, { grace: 10 }),
    events: ["00:00 exit 1", "10:00 end"],
    told: ["00:00 fail", "01:10 fail"],
  },
  {
    name: "a log changes nothing",
    timing: every(60, { grace: 10 }),
    events: ["00:00 log", "05:00 ok", "06:00 log", "08:00 end"],
    told: ["05:00 pass", "06:10 fail"],
  },
  {
    name: "without max_runtime, a start does not put off what is due",
    timing: every(60, { grace: 10 }),
    events: ["00:00 ok", "01:00 start", "10:00 end"],
    told: ["00:00 pass", "01:10 fail"],
  },
  {
    name: "a start may be the first ping",
    timing: every(60, { grace: 10 }),
    events: ["00:00 start", "10:00 end"],
    told: ["01:10 fail"],
  },
  {
    name: "a run may take max_runtime, whatever is due meanwhile",
    timing: every(60, { grace: 10, max: 180 }),
    events: ["00:00 start", "02:50 ok", "04:00 end"],
    told: ["02:50 pass", "04:00 fail"],
  },
  {
    name: "a run that does not end is told, and then that nothing comes",
    timing: every(60, { grace: 10, max: 20 }),
    events: ["00:00 start", "10:00 end"],
    told: ["00:20 fail end", "01:10 fail"],
  },
  {
    name: "a late end is an end",
    timing: every(60, { grace: 10, max: 20 }),
    events: ["00:00 start", "00:30 ok", "01:00 end"],
    told: ["00:20 fail end", "00:30 pass"],
  },
  {
    name: "a start does not end a failure",
    timing: every(60, { grace: 10, max: 20 }),
    events: ["00:00 ok", "02:00 start", "02:05 ok"],
    told: ["00:00 pass", "01:10 fail", "02:05 pass"],
  },
  {
    name: "runs with names overlap",
    timing: every(60, { grace: 10, max: 30 }),
    events: [
      "00:00 start a",
      "00:10 start b",
      "00:20 ok b",
      "00:45 ok a",
      "01:00 end",
    ],
    told: ["00:20 pass", "00:30 fail end", "00:45 pass"],
  },
  {
    name: "a run that starts again may not take longer for it",
    timing: every(60, { grace: 10, max: 30 }),
    events: ["00:00 start", "00:20 start", "00:45 end"],
    told: ["00:30 fail end"],
  },
  {
    name: "runs of a schedule are missed one by one",
    timing: schedule("0 3 * * *", { grace: 30 }),
    events: ["03:00:01 ok", "27:10 ok", "200:00 end"],
    told: ["03:00:01 pass", "03:10 pass", "03:30 fail"],
  },
  {
    name: "the default grace of a schedule is half the time to the next run",
    timing: schedule("*/10 * * * *"),
    events: ["03:00:01 ok", "04:00 end"],
    told: ["03:00:01 pass", "03:15 fail"],
  },
  {
    name: "the default grace of a schedule is an hour at most",
    timing: schedule("0 3 * * *"),
    events: ["03:00:01 ok", "100:00 end"],
    told: ["03:00:01 pass", "04:00 fail"],
  },
  {
    name: "a ping that is a little early counts for the coming run",
    timing: schedule("0 * * * *", { grace: 30 }),
    events: ["03:00 ok", "03:58 ok", "04:59:58 ok", "06:10 end"],
    told: ["03:00 pass", "03:58 pass", "04:59:58 pass"],
  },
  {
    name: "a ping that is more than 5 minutes early does not",
    timing: schedule("0 * * * *", { grace: 30 }),
    events: ["03:00 ok", "03:54 ok", "06:00 end"],
    told: ["03:00 pass", "03:54 pass", "04:30 fail"],
  },
  {
    name: "nor does one that is earlier than the grace",
    timing: schedule("0 * * * *", { grace: 1 }),
    events: ["03:00 ok", "03:58 ok", "06:00 end"],
    told: ["03:00 pass", "03:58 pass", "04:01 fail"],
  },
  {
    name: "nor one that is nearer to the last ping",
    timing: schedule("0,5 * * * *", { grace: 5 }),
    events: ["02:30 ok", "03:00:01 ok", "03:02 ok", "04:00 end"],
    told: ["02:30 pass", "03:00:01 pass", "03:02 pass", "03:10 fail"],
  },
  {
    name: "the first ping may be early, too",
    timing: schedule("0 3 * * *", { grace: 30 }),
    events: ["02:59:58 ok", "10:00 end", "28:00 end"],
    told: ["02:59:58 pass", "03:30 fail"],
  },
  {
    name: "a late ping counts for the run it is late for, not for the next one",
    timing: schedule("0 * * * *", { grace: 59 }),
    events: ["03:00 ok", "04:57 ok", "06:00 end"],
    told: ["03:00 pass", "04:57 pass", "05:59 fail"],
  },
  {
    name: "after a miss, an early ping counts for the coming run again",
    timing: schedule("0 * * * *", { grace: 10 }),
    events: ["03:00 ok", "04:59:58 ok", "05:59:58 ok", "07:05 end"],
    told: ["03:00 pass", "04:10 fail", "04:59:58 pass", "05:59:58 pass"],
  },
  {
    name: "an early start counts as well",
    timing: schedule("0 * * * *", { grace: 10, max: 30 }),
    events: ["03:00 ok", "03:59:58 start", "04:20 ok", "05:05 end"],
    told: ["03:00 pass", "04:20 pass"],
  },
  {
    name: "an early start and an early end are of one run",
    timing: schedule("0 * * * *", { grace: 10 }),
    events: ["03:00 ok", "03:59:57 start", "03:59:58 ok", "05:05 end"],
    told: ["03:00 pass", "03:59:58 pass"],
  },
  {
    name: "what was due while nobody listened has its grace after that",
    timing: every(60, { grace: 10 }),
    events: ["00:00 ok", "05:00 away", "06:00 end"],
    told: ["00:00 pass", "05:10 fail"],
  },
  {
    name: "so has a run of a schedule",
    timing: schedule("0 * * * *", { grace: 10 }),
    events: ["00:00 ok", "05:55 away", "06:04 ok", "07:09 end"],
    told: ["00:00 pass", "06:04 pass"],
  },
  {
    name: "what was due in time before has the rest of its time",
    timing: every(60, { grace: 10 }),
    events: ["00:00 ok", "00:30 away", "02:00 end"],
    told: ["00:00 pass", "01:10 fail"],
  },
  {
    name: "what was missed before stays missed",
    timing: every(60, { grace: 10 }),
    events: ["00:00 ok", "02:00 end", "03:00 away", "09:00 end"],
    told: ["00:00 pass", "01:10 fail"],
  },
  {
    name: "the end of a run may have been told while nobody listened",
    timing: schedule("0 3 * * *", { grace: 10, max: 60 }),
    events: ["03:00 start", "03:30 away", "26:00 end"],
    told: [],
  },
  {
    name: "a run may take its time though nobody listened meanwhile",
    timing: every(60, { grace: 10, max: 180 }),
    events: ["00:00 start", "00:30 away", "02:50 ok", "03:30 end"],
    told: ["02:50 pass"],
  },
  {
    name: "a run that has not ended by then is missed as a ping",
    timing: every(60, { grace: 10, max: 180 }),
    events: ["00:00 start", "00:30 away", "04:00 end"],
    told: ["03:10 fail"],
  },
  {
    name: "after a stall of this process the grace begins again",
    timing: every(60, { grace: 10 }),
    events: ["00:00 ok", "01:30 stalled", "02:00 end"],
    told: ["00:00 pass", "01:40 fail"],
  },
  {
    name: "the end of a run has it, too",
    timing: every(60, { grace: 10, max: 30 }),
    events: ["00:00 start", "00:50 stalled", "01:05 end"],
    told: ["01:00 fail end"],
  },
  {
    name: "a clock that was set forward does not count",
    timing: every(60, { grace: 10 }),
    events: ["00:00 ok", "05:30 set +300", "06:05 ok", "07:00 end"],
    told: ["00:00 pass", "06:05 pass"],
  },
  {
    name: "a schedule goes by the clock that was set forward",
    timing: schedule("0 * * * *", { grace: 10 }),
    events: ["00:00 ok", "05:30 set +300", "10:00 end"],
    told: ["00:00 pass", "05:40 fail"],
  },
  {
    name: "a clock that was set back does not put off what is due",
    timing: every(60, { grace: 10 }),
    events: ["10:00 ok", "05:30 set -300", "08:00 end"],
    told: ["10:00 pass", "06:10 fail"],
  },
  {
    name:
      "runs of a schedule that a clock shows again within 3 h are not due again",
    timing: schedule("0 * * * *", { grace: 10 }),
    events: ["10:00 ok", "09:30 set -60", "10:59 end", "11:10 end"],
    told: ["10:00 pass", "11:10 fail"],
  },
  {
    name: "a schedule goes by the clock that was set back by more",
    timing: schedule("0 * * * *", { grace: 10 }),
    events: ["10:00 ok", "05:30 set -300", "08:00 end"],
    told: ["10:00 pass", "06:10 fail"],
  },
];

for (const { name, timing, events, told } of CASES) {
  Deno.test(`heartbeats: ${name}`, () => {
    assertEquals(play(timing, events), [...told]);
  });
}

Deno.test("heartbeats: a run of a night without the hour is due at its end", () => {
  const zone = new Zone("Europe/Berlin");
  const timing = schedule("30 2 * * *", { grace: 30 }, zone);
  const before = Date.UTC(2026, 2, 28, 1, 30);
  const beat = takePing(
    initialBeat(before),
    { signal: "success" },
    before,
    timing,
  );
  assertEquals(zone.format(dueOf(beat, timing)!), "2026-03-29 03:00");
  // The grace is real time.
  assertEquals(deadlineOf(beat, timing), Date.UTC(2026, 2, 29, 1, 30));
});

Deno.test("heartbeats: a run of a night with the hour twice is due the first time", () => {
  const zone = new Zone("Europe/Berlin");
  const timing = schedule("30 2 * * *", { grace: 60 }, zone);
  const before = Date.UTC(2026, 9, 24, 0, 30);
  const beat = takePing(
    initialBeat(before),
    { signal: "success" },
    before,
    timing,
  );
  assertEquals(dueOf(beat, timing), Date.UTC(2026, 9, 25, 0, 30));
  assertEquals(deadlineOf(beat, timing), Date.UTC(2026, 9, 25, 1, 30));
  const ran = takePing(
    beat,
    { signal: "success" },
    Date.UTC(2026, 9, 25, 0, 31),
    timing,
  );
  assertEquals(zone.format(dueOf(ran, timing)!), "2026-10-26 02:30");
});

Deno.test("heartbeats: a run has the duration from its start", () => {
  const timing = every(60);
  let beat = initialBeat(DAY);
  const take = (signal: Ping["signal"], time: string, run?: string): void => {
    beat = takePing(
      beat,
      { signal, ...(run !== undefined && { run }) },
      at(time),
      timing,
    );
  };
  take("start", "01:00", "a");
  take("start", "01:10", "b");
  take("success", "01:15", "a");
  assertEquals(beat.end?.durationMs, 15 * MINUTE_MS);
  take("success", "01:16");
  assertEquals(beat.end?.durationMs, null);
  take(3, "01:20", "b");
  assertEquals(beat.end?.durationMs, 10 * MINUTE_MS);
  // curl may have tried twice.
  take("start", "02:00");
  take("start", "02:01");
  take("success", "02:05");
  assertEquals(beat.end?.durationMs, 4 * MINUTE_MS);
});

Deno.test("heartbeats: only so many runs are remembered, and the oldest are watched", () => {
  for (const max of [30, undefined]) {
    const timing = every(60, max === undefined ? {} : { max });
    let beat = initialBeat(DAY);
    for (let i = 0; i < 10 * MAX_RUNS; i++) {
      const run = `${i}`;
      beat = takePing(beat, { signal: "start", run }, DAY + i, timing);
    }
    assertEquals(beat.runs.length, MAX_RUNS);
    assertEquals(beat.runs[0]!.id, max === undefined ? "900" : "0");
  }
});

Deno.test("heartbeats: the output is that of the last run", () => {
  const timing = every(60);
  let beat = initialBeat(DAY);
  const take = (signal: Ping["signal"], output?: string): void => {
    beat = takePing(
      beat,
      { signal, ...(output !== undefined && { output }) },
      DAY,
      timing,
    );
  };
  take("success", "all 3 files");
  assertEquals(beat.output, "all 3 files");
  take("log", "file 1");
  take(1);
  assertEquals(beat.output, "file 1");
  take(1);
  assertEquals(beat.output, null);
  take("log", "file 2");
  take("start");
  assertEquals(beat.output, null);
});

Deno.test("heartbeats: another timing counts from the last ping", () => {
  const hourly = every(60, { grace: 10 });
  const ping = takePing(initialBeat(DAY), { signal: "success" }, DAY, hourly);
  const missed = expire(ping, at("02:00"), hourly)!;
  const daily = schedule("0 3 * * *", { grace: 10 });
  assertEquals(text(deadlineOf(retimed(missed, daily), daily)), "03:10");
  assertEquals(retimed(initialBeat(DAY), daily), initialBeat(DAY));
});

Deno.test("heartbeats: random pings are judged as by a model that counts minutes", () => {
  const event = fc.record({
    wait: fc.integer({ min: 0, max: 200 }),
    signal: fc.constantFrom<Ping["signal"]>(
      "start",
      "success",
      "fail",
      0,
      3,
      "log",
    ),
  });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 20 }),
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 1, max: 60 }),
      fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
      (events, interval, grace, max) => {
        const timing = every(interval, {
          grace,
          ...(max !== undefined && { max }),
        });
        let beat = initialBeat(DAY);
        const model = new Model(interval, grace, max);
        for (
          const { wait, signal } of [...events, {
            wait: 400,
            signal: "log" as const,
          }]
        ) {
          for (let i = 0; i < wait; i++) {
            model.minute();
            const now = DAY + model.now * MINUTE_MS;
            beat = expire(beat, now, timing) ?? beat;
            assertEquals(outcomeOf(beat, timing, UTC).verdict, model.verdict);
          }
          model.ping(signal);
          const now = DAY + model.now * MINUTE_MS;
          beat = takePing(beat, { signal }, now, timing);
          assertEquals(outcomeOf(beat, timing, UTC).verdict, model.verdict);
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** Looks every minute at how long ago the last pings were. */
class Model {
  now = 0;
  verdict: "error" | "pass" | "fail" = "error";
  /** Minutes since what answers what is due. */
  #quiet: number | undefined;
  /** Minutes since the start of a run that may still end in time. */
  #running: number | undefined;

  constructor(
    readonly interval: number,
    readonly grace: number,
    readonly max: number | undefined,
  ) {}

  minute(): void {
    this.now++;
    if (this.#quiet !== undefined) this.#quiet++;
    if (this.#running !== undefined && ++this.#running >= this.max!) {
      this.#running = undefined;
      this.verdict = "fail";
    }
    const isQuiet = (this.#quiet ?? 0) >= this.interval + this.grace;
    if (isQuiet && this.#running === undefined) this.verdict = "fail";
  }

  ping(signal: Ping["signal"]): void {
    if (signal === "log") return;
    if (signal === "start") {
      if (this.max === undefined) {
        this.#quiet ??= 0;
        return;
      }
      this.#quiet = 0;
      this.#running ??= 0;
      return;
    }
    this.#quiet = 0;
    this.#running = undefined;
    this.verdict = signal === "success" || signal === 0 ? "pass" : "fail";
  }
}
