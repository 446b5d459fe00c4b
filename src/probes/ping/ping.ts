import { OptionError, readOption } from "../../core/option_error.ts";
import { error } from "../../core/outcome.ts";
import { deadlineOf, enterStage, findAtDeadline } from "../../core/stage.ts";
import type { DetailMetric, Outcome, Probe } from "../../core/types.ts";
import { monotonicTime } from "../../io/clock.ts";
import { endpoint } from "../address.ts";
import { runAttempt } from "../command/attempt.ts";
import { mustBeAddresses } from "../connection/addresses.ts";
import { define } from "../define.ts";
import { mustBeOfFamily } from "../family.ts";
import { withOutcome } from "../with_outcome.ts";
import { pingJudge } from "./judge.ts";
import type { PingOptions } from "./options.ts";

/** The time between two packets; only root may choose less everywhere. */
export const INTERVAL_MS = 200;

/** How many packets are sent by default. */
export const DEFAULT_COUNT = 3;

/** How long the program may take to start and to end, in milliseconds. */
const AROUND_MS = 250;

const METRICS: readonly DetailMetric[] = Object.freeze([
  {
    name: "probe_icmp_duration_seconds",
    help: "How long each phase of the last attempt took.",
    labels: { phase: "rtt" },
    key: "rttMs",
    value: (ms) => Number(ms) / 1000,
  },
]);

/**
 * Makes a probe that sends echo requests of ICMP to a host, and passes if enough
 * of them are answered. It runs the program `ping` of the system, of iputils or
 * BusyBox.
 *
 * @throws {OptionError} If the host (`host`) or an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ping } from "@lifesign/lifesign/probes";
 *
 * const router = ping("192.0.2.1", { latency: { warn: "50ms" } });
 * assertEquals(router.target, "192.0.2.1");
 * assertEquals(router.permissions, [{ name: "run", command: "ping" }]);
 * ```
 */
export function ping(host: string, options: PingOptions = {}): Probe {
  const { count = DEFAULT_COUNT, size, family } = options;
  const { hostname, port } = readOption("host", () => endpoint(host, 1));
  if (port !== 1 || hostname.startsWith("-")) {
    throw new OptionError(
      "host",
      `expected a host without a port or a hyphen before it, got ${
        JSON.stringify(host)
      }`,
    );
  }
  mustBeAddresses(options);
  mustBeOfFamily(hostname, family);
  mustBeWithin("count", count, 1, 100);
  if (size !== undefined) mustBeWithin("size", size, 16, 65_507);
  const judge = pingJudge(hostname, options);
  const args = [
    ...(family === undefined ? [] : [`-${family}`]),
    "-n",
    "-c",
    String(count),
    "-i",
    String(INTERVAL_MS / 1000),
    ...(size === undefined ? [] : ["-s", String(size)]),
  ];

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    if (!("Deno" in globalThis)) {
      return error({
        code: "unsupported",
        message: "This runtime cannot run ping: only Deno can",
      });
    }
    enterStage(signal, `waiting for answers of ${hostname}`);
    const decoder = new TextDecoder();
    let stdout = "";
    let since: number | undefined;
    findAtDeadline(signal, () => {
      const ms = monotonicTime() - (since ?? Infinity);
      const sent = Math.floor(ms / INTERVAL_MS) + 1;
      return judge.unfinished(stdout, Math.min(sent, count));
    });
    const end = await runAttempt("ping", {
      args: [...args, ...patienceOf(signal, count), "--", hostname],
      env: { LC_ALL: "C" },
      onOutput(part) {
        since ??= monotonicTime();
        stdout += decoder.decode(part, { stream: true });
      },
    }, signal);
    return judge.ended(end);
  }

  return define(withOutcome(attempt, hostname), {
    type: "ping",
    target: hostname,
    permissions: [{ name: "run", command: "ping" }],
    metrics: METRICS,
  });
}

/**
 * How long to wait for an answer, so that the program ends by itself: in whole
 * seconds, as BusyBox knows no others.
 */
function patienceOf(signal: AbortSignal, count: number): string[] {
  const deadline = deadlineOf(signal);
  if (deadline === undefined) return [];
  const leftMs = deadline - monotonicTime() - (count - 1) * INTERVAL_MS;
  return ["-W", String(Math.max(Math.floor((leftMs - AROUND_MS) / 1000), 1))];
}

function mustBeWithin(
  option: string,
  value: number,
  least: number,
  most: number,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new OptionError(
    option,
    `expected a whole number from ${least} to ${most}, got ${value}`,
  );
}
