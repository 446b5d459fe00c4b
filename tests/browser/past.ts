/**
 * A made-up past of a scene's checks.
 *
 * @module
 */

import type { Incident } from "../../src/core/past/incident.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import type { PastAttempt } from "../../src/fleet/history.ts";
import type { Archive } from "../../src/fleet/past/archive.ts";
import {
  memoryArchive,
  type MemoryPast,
  type Stretch,
} from "../support/memory_archive.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Numbers from 0 to 1 that are the same in each run. */
export function randomOf(seed: number): () => number {
  let state = seed * 2654435761 >>> 0;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Reasons why something was down. */
const REASONS = [
  "Expected status 200-299, got 503",
  "db.internal:5432 refused the connection",
  "Expected an answer within 5s, got none; connecting took 4ms",
  "shop.example does not resolve (NXDOMAIN)",
];

/** What happened to checks in 90 days: stretches, attempts and incidents. */
export function pastOf(
  fleet: Fleet,
  detailed: readonly string[],
): Archive {
  const now = Date.now();
  const past: Record<string, MemoryPast> = {};
  const incidents: Incident[] = [];
  fleet.list().forEach(({ id, status, since }, i) => {
    const random = randomOf(i + 1);
    const began = now - (i % 11 === 4 ? 40 : 100) * DAY_MS;
    const stretches: Stretch[] = [];
    let at = began;
    const add = (was: Stretch["was"], lengthMs: number): void => {
      const to = Math.min(at + lengthMs, now);
      if (to > at) stretches.push({ was, from: at, to });
      at = to;
    };
    while (at < now - DAY_MS) {
      add("healthy", (2 + random() * (i % 3 === 0 ? 20 : 60)) * DAY_MS);
      if (at >= now - DAY_MS) break;
      const luck = random();
      if (luck < 0.5) {
        const lengthMs = (0.05 + random() ** 3 * 9) * HOUR_MS;
        incidents.push(incidentOf(id, at, lengthMs, random()));
        add("unhealthy", lengthMs);
      } else if (luck < 0.7) add("degraded", random() * 5 * HOUR_MS);
      else if (luck < 0.85) add("maintenance", 2 * HOUR_MS);
      else if (luck < 0.95) add("unknown", random() * 4 * HOUR_MS);
      else at = Math.min(now, at + random() * 30 * HOUR_MS);
    }
    if (status === "unhealthy") {
      add("healthy", since.getTime() - at);
      add("unhealthy", now - at);
      incidents.push({
        ...incidentOf(id, since.getTime(), 0, 0.4),
        ended: null,
        end: null,
        ...(i % 2 === 1 && {
          muted: { by: "dependency", check: fleet.ids()[0]! },
        }),
      });
    } else add("healthy", now - at);
    past[id] = {
      stretches,
      ...(detailed.includes(id) && {
        attempts: attemptsOf(stretches, now, random),
      }),
    };
  });
  return memoryArchive(past, now, incidents);
}

function incidentOf(
  check: string,
  began: number,
  lengthMs: number,
  luck: number,
): Incident {
  const reason = {
    code: "status",
    message: REASONS[Math.floor(luck * REASONS.length)]!,
  };
  return {
    id: `${began.toString(36)}-${check}`,
    check,
    began,
    ended: began + lengthMs,
    end: "recovered",
    firstReason: reason,
    lastReason: luck > 0.7 ? { code: "x", message: REASONS[0]! } : reason,
    muted: luck < 0.1 ? { by: "maintenance" } : null,
  };
}

/** An attempt each five minutes, slower in the daytime. */
function attemptsOf(
  stretches: readonly Stretch[],
  now: number,
  random: () => number,
): PastAttempt[] {
  const attempts: PastAttempt[] = [];
  for (const { was, from, to } of stretches) {
    if (was === "maintenance") continue;
    for (let at = from; at < to; at += 5 * 60_000) {
      if (at < now - 91 * DAY_MS) continue;
      const day = 1 + 0.5 * Math.sin(at / DAY_MS * 2 * Math.PI);
      const slow = random() < 0.04 ? 2.5 : 1;
      attempts.push({
        at,
        verdict: was === "unhealthy" ? "fail" : "pass",
        durationMs: 38 * day * slow * (0.8 + random() * 0.4),
      });
    }
  }
  return attempts;
}
