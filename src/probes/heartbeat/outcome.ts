import { formatDuration } from "../../core/duration.ts";
import { error, fail, pass } from "../../core/outcome.ts";
import { oneLine } from "../../core/text.ts";
import type { Detail, DetailMetric, Outcome } from "../../core/types.ts";
import type { Beat, End, Miss } from "./beat.ts";
import type { Timing } from "./timing.ts";
import type { Zone } from "../../io/calendar/zone.ts";

/** The longest excerpt of an output in a reason, in characters. */
const MAX_EXCERPT = 120;

/** The metrics of heartbeats. */
export const METRICS: readonly DetailMetric[] = [{
  name: "probe_heartbeat_last_ping_timestamp_seconds",
  help: "When the job was last heard of",
  key: "lastPing",
  value: (at) => Date.parse(String(at)) / 1000,
}];

/** What is known of a job now. */
export function outcomeOf(beat: Beat, timing: Timing, zone: Zone): Outcome {
  const { miss, end } = beat;
  if (miss !== null) return outcomeOfMiss(miss, beat, { timing, zone });
  if (end !== null) return outcomeOfEnd(end, beat);
  const what = beat.lastAt === null ? "the first ping" : "the first run to end";
  return error({ code: "missed", message: `Waiting for ${what}` });
}

function outcomeOfEnd({ signal }: End, beat: Beat): Outcome {
  const detail = detailOf(beat);
  if (signal === "success" || signal === 0) return pass(detail);
  if (signal === "fail") {
    const message = withOutput("The job said that it failed", beat.output);
    return fail({ code: "mismatch", message }, detail);
  }
  const message = `Expected exit code 0, got ${signal}`;
  return fail({ code: "exit", message: withOutput(message, beat.output) }, {
    exitCode: signal,
    ...detail,
  });
}

function outcomeOfMiss(
  miss: Miss,
  beat: Beat,
  { timing, zone }: { readonly timing: Timing; readonly zone: Zone },
): Outcome {
  const format = (at: number): string => zone.format(at);
  const message = miss.type === "end"
    ? `Expected the run of ${format(miss.since)} to end within ${
      formatDuration(timing.maxRuntimeMs ?? 0)
    }, but it has not`
    : `Expected a ping at ${format(miss.dueAt)} or up to ${
      formatDuration(timing.graceOf(miss.dueAt))
    } later, the last one came at ${format(beat.lastAt ?? 0)}`;
  return fail(
    { code: "missed", message: `${message} (${zone.name})` },
    detailOf(beat),
  );
}

function detailOf({ lastAt, output }: Beat): Detail {
  return {
    ...(lastAt !== null && { lastPing: new Date(lastAt).toISOString() }),
    ...(output !== null &&
      { output: oneLine(lastLineOf(output), MAX_EXCERPT) }),
  };
}

/** The last line says why something failed, more often than the first does. */
function lastLineOf(text: string): string {
  return text.split("\n").findLast((line) => line.trim() !== "") ?? "";
}

function withOutput(message: string, output: string | null): string {
  const line = oneLine(lastLineOf(output ?? ""), MAX_EXCERPT);
  return line === "" ? message : `${message}: ${line}`;
}
