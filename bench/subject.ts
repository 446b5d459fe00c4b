// What is measured, in a process of its own: makes attempts for a while and
// prints what they cost, as JSON. `scale.ts` runs it.

import process from "node:process";
import { command, Fleet, http, type Probe, tcp } from "@lifesign/lifesign";
import { dns, grpc, tls } from "@lifesign/lifesign/probes";
import { createApp } from "@lifesign/lifesign/server";
import { Incidents } from "../src/fleet/past/incidents.ts";
import { openHistory } from "../src/sinks/history/open.ts";
import { bareAttempts } from "./bare.ts";
import { type Figures, host, type Task } from "./task.ts";

/** Before this, code is being compiled and everything starts at once. */
const WARM_UP_SECONDS = 3;

/** Of one in so many attempts or monitors the lag is noted. */
const SAMPLE = 16;

interface Counts {
  readonly attempts: number;
  readonly wrong: number;
}

class Tally {
  #attempts = 0;
  #wrong = 0;
  #lags: number[] = [];
  #cpu = process.cpuUsage();
  #startedAt = performance.now();

  attempt(passed: boolean): void {
    this.#attempts++;
    if (!passed) this.#wrong++;
  }

  get counts(): Counts {
    return { attempts: this.#attempts, wrong: this.#wrong };
  }

  get samples(): boolean {
    return this.#attempts % SAMPLE === 0;
  }

  lag(ms: number): void {
    this.#lags.push(ms);
  }

  /** Forgets the lags that were before now. */
  reset(): void {
    this.#lags = [];
    this.#cpu = process.cpuUsage();
    this.#startedAt = performance.now();
  }

  figures({ attempts, wrong }: Counts): Omit<Figures, "falseStatuses"> {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const { user, system } = process.cpuUsage(this.#cpu);
    const lags = this.#lags.sort((a, b) => a - b);
    const quantile = (q: number): number =>
      lags[Math.min(lags.length - 1, Math.floor(lags.length * q))] ?? NaN;
    return {
      attemptsPerSecond: attempts / seconds,
      // What came too late has not done its work.
      cpuMsPerAttempt: (user + system) / 1000 / (attempts - wrong),
      lagMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
      rssMb: Deno.memoryUsage().rss / 1e6,
      falseVerdicts: wrong,
    };
  }
}

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

async function runBare(task: Task, tally: Tally): Promise<void> {
  const attempt = bareAttempts(task);
  const { intervalMs, monitors } = task;
  const once = async (i: number): Promise<void> => {
    try {
      await attempt(i);
      tally.attempt(true);
    } catch {
      tally.attempt(false);
    }
  };
  const loop = async (i: number): Promise<void> => {
    if (task.mode === "flat") { while (true) await once(i); }
    await sleep((i / monitors) * intervalMs);
    for (let due = Date.now();; due += intervalMs) {
      if (tally.samples) tally.lag(Date.now() - due);
      await once(i);
      await sleep(Math.max(0, due + intervalMs - Date.now()));
    }
  };
  const loops = task.mode === "flat" ? 256 : monitors;
  for (let i = 0; i < loops; i++) void loop(i);
  await measure(task, tally);
}

function probeOf(
  { kind, ports, ca }: Task,
  i: number,
): Probe {
  switch (kind) {
    case "http":
      return http(`http://${host(i)}:${ports.http}/`);
    case "https":
      return http("https://lifesign.test/", {
        address: `${host(i)}:${ports.https}`,
        ca,
      });
    case "tls":
      return tls({
        host: "lifesign.test",
        address: `${host(i)}:${ports.https}`,
        ca,
      });
    case "grpc":
      return grpc({ host: host(i), port: ports.grpc });
    case "grpcs":
      return grpc({
        host: "lifesign.test",
        address: host(i),
        port: ports.grpcs,
        tls: true,
        ca,
      });
    case "tcp":
      return tcp({ host: host(i), port: ports.http });
    case "command":
      return command("exit 0");
    case "dns":
      return dns({
        name: "shop.test",
        server: "127.0.0.1",
        port: ports.http,
        expect: "10.0.0.7",
      });
  }
}

async function runFleet(task: Task, tally: Tally): Promise<number> {
  let falseStatuses = 0;
  await using fleet = new Fleet({
    // All of them go to one server.
    perHost: 256,
    onChange: ({ status }) => {
      if (status === "unhealthy") falseStatuses++;
    },
  });
  const history = task.mode === "history" ? await historyOf(fleet) : undefined;
  for (let i = 0; i < task.monitors; i++) {
    const id = `check-${i}`;
    const probe = probeOf(task, i);
    const options = { id, interval: task.intervalMs };
    if (i % SAMPLE > 0) {
      fleet.add(probe, options);
      continue;
    }
    const timed = Object.assign((signal: AbortSignal) => {
      const due = fleet.get(id)?.nextAt;
      if (due) tally.lag(Date.now() - due.getTime());
      return probe(signal);
    }, { ...probe });
    fleet.add(timed, options);
  }
  history?.begin?.();
  const end = new AbortController();
  const server = task.mode === "agent"
    ? Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: end.signal,
      onListen: ({ port }) => console.error(port),
    }, createApp(fleet).fetch)
    : undefined;
  await measure(task, tally, () => {
    const { pass, ...others } = fleet.stats().attempts;
    const wrong = Object.values(others).reduce((a, b) => a + b);
    return { attempts: pass + wrong, wrong };
  });
  end.abort();
  await server?.finished;
  return falseStatuses;
}

/** Keeps the history of a fleet in a file. */
async function historyOf(
  fleet: Fleet,
): Promise<Awaited<ReturnType<typeof openHistory>>> {
  const incidents = new Incidents(fleet, console.error);
  const path = `${await Deno.makeTempDir()}/lifesign.db`;
  const day = 86_400_000;
  return await openHistory(
    { path, timeZone: "UTC", detailMs: 7 * day, keepMs: 730 * day },
    {
      fleet,
      incidents,
      maintenance: incidents.maintenance,
      say: console.error,
    },
  );
}

/** Measures what the tally counts, or else something that counts by itself. */
async function measure(
  task: Task,
  tally: Tally,
  count: () => Counts = () => tally.counts,
): Promise<void> {
  // The first attempts are all made at once, and the next ones come meanwhile.
  await sleep(
    Math.max(WARM_UP_SECONDS * 1000, Math.min(2 * task.intervalMs, 25_000)),
  );
  tally.reset();
  const before = count();
  await sleep(task.seconds * 1000);
  const after = count();
  figures = tally.figures({
    attempts: after.attempts - before.attempts,
    wrong: after.wrong - before.wrong,
  });
}

let figures: Omit<Figures, "falseStatuses">;
const task: Task = JSON.parse(Deno.args[0]!);
const tally = new Tally();
const falseStatuses = task.mode === "bare" || task.mode === "flat"
  ? (await runBare(task, tally), 0)
  : await runFleet(task, tally);
console.log(JSON.stringify({ ...figures!, falseStatuses }));
Deno.exit();
