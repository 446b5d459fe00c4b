import { formatDuration } from "../../../core/duration.ts";
import type { Policy } from "../../../core/policy.ts";
import type { Snapshot } from "../../../core/types.ts";
import type { History } from "../../../fleet/history.ts";
import type { Labelled } from "./labelled.ts";
import { dateOf } from "./times.ts";

/** What is known of a check besides its snapshot. */
export interface Known {
  readonly history: History | undefined;
  /** Its policy; nothing if its probe reports by itself. */
  readonly policy: Policy | undefined;
  /** The wall clock, in milliseconds since the epoch. */
  readonly now: number;
}

/** From this on, the time of the next attempt is given, too. */
const SOON_MS = 60_000;

/** What is known of a check, in the order of its worth. */
export function factsOf(snapshot: Snapshot, known: Known): Labelled[] {
  const { name, description, link, reason, group, type, target, detail } =
    snapshot;
  const { agent, region } = snapshot;
  return [
    { label: "status", text: sayStatus(snapshot, known) },
    { label: "reason", text: reason?.message ?? "" },
    { label: "failures", text: sayFailures(snapshot, known) },
    { label: "name", text: name ?? "" },
    { label: "about", text: description ?? "" },
    {
      label: "target",
      text: target.startsWith(type) ? target : `${type} ${target}`,
    },
    { label: "group", text: group ?? "" },
    { label: "link", text: link ?? "" },
    {
      label: "agent",
      text: region === undefined ? agent ?? "" : `${agent} in ${region}`,
    },
    { label: "last", text: sayLast(snapshot, known) },
    { label: "next", text: sayNext(snapshot, known) },
    { label: "results", text: sayResults(known) },
    ...Object.entries(detail ?? {})
      .map(([label, value]) => ({ label, text: `${value}` })),
  ].filter(({ text }) => text !== "");
}

function sayStatus(
  { status, since, starting, stale }: Snapshot,
  { now }: Known,
): string {
  const notes = [starting && "starting", stale && "from before the restart"];
  return [
    `${status} for ${lasted(now - since.getTime())}`,
    `since ${dateOf(since)}`,
    ...notes.filter(Boolean),
  ].join(", ");
}

function sayFailures(
  { failures, status }: Snapshot,
  { policy }: Known,
): string {
  if (failures === 0) return "";
  const limit = status === "unhealthy" || policy === undefined
    ? ""
    : `, ${policy.retries} make it unhealthy`;
  return `${failures} in a row${limit}`;
}

function sayLast(
  { checkedAt, durationMs }: Snapshot,
  { now }: Known,
): string {
  if (checkedAt === null) return "nothing yet";
  const took = durationMs === null
    ? ""
    : `, took ${formatDuration(durationMs)}`;
  return `${lasted(now - checkedAt.getTime())} ago${took}`;
}

function sayNext(
  { checking, nextAt }: Snapshot,
  { policy, now }: Known,
): string {
  const pace = policy === undefined
    ? ""
    : `interval ${formatDuration(policy.intervalMs)}, timeout ${
      formatDuration(policy.timeoutMs)
    }`;
  return [checking ? "now" : due(nextAt, now), pace].filter(Boolean).join(", ");
}

function due(at: Date | null, now: number): string {
  if (at === null) return "";
  const inMs = at.getTime() - now;
  const when = Math.abs(inMs) < SOON_MS ? "" : `, at ${dateOf(at)}`;
  return inMs < 0
    ? `was due ${lasted(-inMs)} ago${when}`
    : `in ${lasted(inMs)}${when}`;
}

function sayResults({ history }: Known): string {
  if (history === undefined || history.attempts.length === 0) return "";
  return `${history.passed} passed, ${history.failed} failed`;
}

/** A duration in whole seconds. A clock that was set back makes none negative. */
function lasted(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds === 0 ? "0s" : formatDuration(seconds * 1000);
}
