import type {
  Attributes,
  Counter,
  Gauge,
  Histogram,
  Span,
  UpDownCounter,
} from "@opentelemetry/api";
import { STATUSES } from "../../core/rollup.ts";
import type { Probe, Snapshot } from "../../core/types.ts";
import { wallTime } from "../../io/clock.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { VERSION } from "../../version.ts";

/** OpenTelemetry's API. */
type Api = typeof import("@opentelemetry/api");

/** Returns a probe that does the same, with a span for each of its attempts. */
export type Traced = (id: string, probe: Probe) => Probe;

/**
 * What is measured, under the names that `/metrics` has, as OpenTelemetry
 * writes them. None of it is observable: at its exit, when a runtime tells the
 * last of it, nobody can be asked any more.
 */
interface Instruments {
  readonly attempts: Counter;
  readonly durations: Histogram;
  readonly lags: Histogram;
  readonly inFlight: UpDownCounter;
  readonly skipped: Counter;
  readonly status: Gauge;
}

function instruments(fleet: Fleet, { metrics }: Api): Instruments {
  const meter = metrics.getMeter("lifesign", VERSION);
  const { durationMs, lagMs } = fleet.stats();
  return {
    attempts: meter.createCounter("lifesign.attempts", {
      description: "Attempts that ended.",
      unit: "{attempt}",
    }),
    durations: meter.createHistogram("lifesign.attempt.duration", {
      description: "How long attempts took.",
      unit: "s",
      advice: { explicitBucketBoundaries: durationMs.bounds.map(toSeconds) },
    }),
    lags: meter.createHistogram("lifesign.schedule.lag", {
      description: "How long after they were due attempts began.",
      unit: "s",
      advice: { explicitBucketBoundaries: lagMs.bounds.map(toSeconds) },
    }),
    inFlight: meter.createUpDownCounter("lifesign.attempts.in_flight", {
      description: "Attempts in flight.",
      unit: "{attempt}",
    }),
    skipped: meter.createCounter("lifesign.slots.skipped", {
      description: "Slots skipped as the attempt before took too long.",
      unit: "{slot}",
    }),
    status: meter.createGauge("lifesign.check.status", {
      description: "1 for the settled status of a check.",
    }),
  };
}

/** Makes a span of each attempt, and measures it. */
export function trace(fleet: Fleet, api: Api): Traced {
  const tracer = api.trace.getTracer("lifesign", VERSION);
  const { attempts, durations, lags, inFlight, skipped, status } = instruments(
    fleet,
    api,
  );
  /** Of the attempts in flight. A check has one at a time. */
  const spans = new Map<string, Span>();

  function begin(id: string, span: Span): void {
    spans.set(id, span);
    inFlight.add(1);
  }

  function end(id: string, span: Span): void {
    if (spans.get(id) !== span) return;
    spans.delete(id);
    inFlight.add(-1);
    span.end();
  }

  /** What an attempt comes to is for the fleet to say: a probe may be deaf. */
  async function conclude(): Promise<void> {
    let slots = 0;
    for await (const snapshot of fleet.watch({ emit: "attempt" })) {
      const { id, verdict, durationMs, reason } = snapshot;
      if (verdict === null || durationMs === null) continue;
      const found = { "lifesign.verdict": verdict };
      attempts.add(1, found);
      durations.record(toSeconds(durationMs), found);
      const slotsBefore = slots;
      slots = fleet.stats().skipped;
      skipped.add(slots - slotsBefore);
      for (const each of STATUSES) {
        status.record(snapshot.status === each ? 1 : 0, {
          ...attributesOf(snapshot),
          "lifesign.check.status": each,
        });
      }
      const span = spans.get(id);
      if (span === undefined) continue;
      span.setAttributes(found);
      if (verdict !== "pass" && reason !== null) {
        span.setAttribute("lifesign.reason.code", reason.code);
      }
      if (verdict === "fail" || verdict === "error") {
        const message = reason?.message ?? "";
        span.setStatus({ code: api.SpanStatusCode.ERROR, message });
      }
      end(id, span);
    }
  }
  void conclude();

  return function traced(id, probe) {
    const attempt = (signal: AbortSignal): ReturnType<Probe> => {
      const snapshot = fleet.get(id);
      const lateMs = wallTime() - (snapshot?.nextAt?.getTime() ?? Infinity);
      // One on demand, before it is due, cannot be late.
      if (lateMs >= 0) lags.record(toSeconds(lateMs));
      const options = snapshot && { attributes: attributesOf(snapshot) };
      return tracer.startActiveSpan(
        `check ${probe.type}`,
        options ?? {},
        (span) => {
          begin(id, span);
          signal.addEventListener("abort", () => {
            // One that is called off comes to nothing.
            if (signal.reason?.name !== "TimeoutError") end(id, span);
          }, { once: true });
          return probe(signal);
        },
      );
    };
    return Object.assign(attempt, probe);
  };
}

function attributesOf({ id, type, target, group }: Snapshot): Attributes {
  return {
    "lifesign.check.id": id,
    "lifesign.check.type": type,
    "lifesign.check.target": target,
    ...(group !== null && { "lifesign.check.group": group }),
  };
}

function toSeconds(ms: number): number {
  return ms / 1000;
}
