/**
 * Made-up fleets for pictures of the pages.
 *
 * @module
 */

import { fail, Fleet, type Outcome, pass, probe, warn } from "../../mod.ts";

const INTERVAL_MS = 10_000;
const ATTEMPTS = 60;

const KINDS = ["http", "tcp", "http", "command", "tls", "heartbeat"] as const;
const NAMES = ["web", "api", "db", "cache", "queue", "mail", "auth", "search"];
const GROUPS = ["edge", "data", "payments", "back office", "network"];

/** Which checks of a scene are down or degraded. */
export interface Scene {
  readonly size: number;
  readonly down?: (index: number) => boolean;
  readonly slow?: (index: number) => boolean;
  /** Whether three agents share the checks. */
  readonly isShared?: boolean;
}

/** The agents that share the checks of a scene. */
const LOOKERS = [
  { agent: "shop-0", region: "eu" },
  { agent: "shop-1", region: "us" },
  { agent: "shop-2", region: "ap" },
] as const;

/** A fleet that has run for ten minutes, and for two days before. */
export function sceneOf(
  { size, down = () => false, slow = () => false, isShared = false }: Scene,
): Fleet {
  const fleet = new Fleet({ background: false });
  if (isShared) {
    fleet.share({ acts: () => true, attempt: async () => {}, receive() {} });
  }
  const startedAt = Date.now() - ATTEMPTS * INTERVAL_MS;
  for (let i = 0; i < size; i++) {
    const type = KINDS[i % KINDS.length]!;
    const id = `${NAMES[i % NAMES.length]}-${i}`;
    const target = type === "http"
      ? `https://${id}.shop.example/health`
      : type === "heartbeat"
      ? "every 1d, grace 1h"
      : type === "command"
      ? "check_disk -w 20% -c 10%"
      : `${id}.internal:5432`;
    fleet.add(probe(() => pass(), { type, target }), {
      id,
      ...(size > 5 && { group: GROUPS[Math.floor(i / size * GROUPS.length)] }),
    });
    if (isShared) fleet.release(id, LOOKERS[i % LOOKERS.length]!);
    fleet.report(id, pass(), { at: new Date(startedAt - 2 * 86_400_000) });
    for (let n = 0; n < ATTEMPTS; n++) {
      const durationMs = type === "heartbeat"
        ? {}
        : { durationMs: (i % 7) ** 2.2 * (1 + Math.abs(Math.sin(n * n + i))) };
      fleet.report(id, outcomeOf(n, down(i), slow(i), type), {
        ...durationMs,
        at: new Date(startedAt + n * INTERVAL_MS),
      });
    }
  }
  return fleet;
}

function outcomeOf(
  n: number,
  down: boolean,
  slow: boolean,
  type: string,
): Outcome {
  if (down && n > 50) {
    return fail({
      code: "refused",
      message: "cache.internal:6379 refused the connection",
    });
  }
  if (slow && n > 40 && n % 9 > 1) {
    return warn({
      code: "latency",
      message: "Expected an answer within 500ms, got it after 612ms",
    });
  }
  return type === "tls"
    ? pass({ certDaysLeft: 57.3, tlsVersion: "TLSv1.3" })
    : pass();
}
