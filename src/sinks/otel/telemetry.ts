import type {
  Attributes,
  Counter,
  Gauge,
  Histogram,
  Span,
  UpDownCounter,
} from "@opentelemetry/api";
import { STATUSES } from "../../core/rollup.ts";
import type { Outcome, Probe, Status } from "../../core/types.ts";
import type { AttemptResult } from "../../fleet/attempt.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { CheckInfo } from "../../fleet/step.ts";
import { VERSION } from "../../version.ts";

/** OpenTelemetry's API. */
export type Api = typeof import("@opentelemetry/api");

/** What traces attempts. */
export interface Tracing {
  /** Returns a probe that does the same, with a span for each of its attempts. */
  readonly traced: (id: string, probe: Probe) => Probe;
  /** Traces the attempts of another fleet, too, but not how its checks are. */
  readonly follow: (fleet: Fleet) => void;
}

/** A fleet whose attempts are traced. */
interface Followed {
  /** The checks whose attempts begin, until their spans do. */
  readonly beginning: Map<string, CheckInfo>;
  /** The spans of the attempts in flight. A check has one at a time. */
  readonly spans: Map<string, Span>;
}

/**
 * What is measured, under the names that `/metrics` has, as OpenTelemetry
 * writes them. None of it is observable: when a runtime exports the last values
 * at its exit, there is nobody left to ask.
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
export function trace(fleet: Fleet, api: Api): Tracing {
  const tracer = api.trace.getTracer("lifesign", VERSION);
  const { attempts, durations, lags, inFlight, skipped, status } = instruments(
    fleet,
    api,
  );
  const followed: Followed[] = [];

  function end({ spans }: Followed, id: string): void {
    const span = spans.get(id);
    if (span === undefined) return;
    spans.delete(id);
    inFlight.add(-1);
    span.end();
  }

  function measure(
    { outcome, durationMs, isCounted = true }: AttemptResult,
  ): void {
    if (!isCounted) return;
    const found = { "lifesign.verdict": outcome.verdict };
    attempts.add(1, found);
    if (durationMs !== null) durations.record(toSeconds(durationMs), found);
  }

  function recordStatus(check: CheckInfo, now: Status): void {
    for (const each of STATUSES) {
      status.record(now === each ? 1 : 0, {
        ...attributesOf(check),
        "lifesign.check.status": each,
      });
    }
  }

  /** Says in a span what its attempt found. */
  function conclude(span: Span, { verdict, reason }: Outcome): void {
    span.setAttribute("lifesign.verdict", verdict);
    if (reason !== undefined) {
      span.setAttribute("lifesign.reason.code", reason.code);
    }
    if (verdict === "fail" || verdict === "error") {
      const message = reason?.message ?? "";
      span.setStatus({ code: api.SpanStatusCode.ERROR, message });
    }
  }

  function follow(fleet: Fleet, tellStatus?: typeof recordStatus): void {
    const beginning = new Map<string, CheckInfo>();
    const spans = new Map<string, Span>();
    const self: Followed = { beginning, spans };
    followed.push(self);
    let slots = fleet.stats().skipped;
    fleet.observe((step) => {
      switch (step.type) {
        case "begin":
          beginning.set(step.id, step.check);
          if (step.lagMs !== null) lags.record(toSeconds(step.lagMs));
          break;
        case "end": {
          const { id, check, after, result, looker } = step;
          tellStatus?.(check, after.status);
          // The agent that has found it exports the attempt.
          if (looker !== undefined) break;
          // The probe may not have been ready in time.
          if (!after.checking) beginning.delete(id);
          measure(result);
          const slotsBefore = slots;
          slots = fleet.stats().skipped;
          skipped.add(slots - slotsBefore);
          // A result that was reported ends no attempt.
          const span = after.checking ? undefined : spans.get(id);
          if (span !== undefined) conclude(span, result.outcome);
          if (!after.checking) end(self, id);
          break;
        }
        case "replace":
          // The attempt in flight was given up.
          beginning.delete(step.id);
          end(self, step.id);
          tellStatus?.(step.check, step.after.status);
          break;
        case "hold":
        case "leave":
          beginning.delete(step.id);
          end(self, step.id);
          break;
        case "close":
          for (const id of [...spans.keys()]) end(self, id);
          break;
        case "join":
        case "arrange":
        case "remember":
          break;
        default:
          step satisfies never;
      }
    });
  }

  function traced(id: string, probe: Probe): Probe {
    const attempt = (signal: AbortSignal): ReturnType<Probe> => {
      const its = followed.find(({ beginning }) => beginning.has(id));
      const check = its?.beginning.get(id);
      // The check was removed as its attempt began.
      if (its === undefined || check === undefined) return probe(signal);
      its.beginning.delete(id);
      return tracer.startActiveSpan(
        `check ${probe.type}`,
        { attributes: attributesOf(check) },
        (span) => {
          its.spans.set(id, span);
          inFlight.add(1);
          return probe(signal);
        },
      );
    };
    return Object.assign(attempt, probe);
  }

  follow(fleet, recordStatus);
  return { traced, follow: (other) => follow(other) };
}

/** What tells a check from others. */
export function attributesOf(
  { id, type, target, group }: CheckInfo,
): Attributes {
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
