/**
 * A random walk of incidents while agents take turns in telling.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fail, pass } from "../../../src/core/outcome.ts";
import { Crew, type Share, type Switch } from "./crew.ts";
import { type Got, Hook, until } from "./hook.ts";

const DOWN = fail({ code: "refused", message: "it refused" });
const UP = pass();

const CHECKS = ["a", "b", "c", "d", "e"];
const STEPS = 80;

/** What a walk has. */
export interface WalkOptions {
  readonly seed: number;
  /** Whether the agent that tells is killed at times. */
  readonly kills?: boolean;
  /** Where agents keep values. */
  readonly shareOf?: (telling: Switch) => Share;
  /** Called at times, between two turns. */
  readonly disturb?: () => Promise<void>;
}

/** A chance that is the same each time. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    // The last bits are no chance.
    return Math.floor(state / 2 ** 8) / 2 ** 23;
  };
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** What was told of each incident: the messages, by their ids. */
export function byIncident(
  got: readonly Got[],
): Map<string, { check: string; downs: Set<string>; ups: Set<string> }> {
  const told = new Map();
  for (const { incidents, webhookId } of got) {
    for (const { id, check, ended } of incidents) {
      const all = told.get(id) ?? { check, downs: new Set(), ups: new Set() };
      told.set(id, all);
      all[ended === null ? "downs" : "ups"].add(webhookId);
    }
  }
  return told;
}

/**
 * Walks, and fails if something is lost, or told by two messages.
 */
export async function walk(
  { seed, kills = false, shareOf, disturb }: WalkOptions,
): Promise<void> {
  const random = chance(seed);
  await using hook = new Hook();
  hook.answer = async () => {
    await pause(random() * 30);
    return new Response("", { status: random() < 0.15 ? 503 : 200 });
  };
  const notify = {
    team: { type: "webhook", url: hook.url, gather: "0s", limit: 100_000 },
  };
  await using crew = new Crew(CHECKS, notify, 3, shareOf);
  /** Another one tells, perhaps after a while in which nobody does. */
  const handOver = async (): Promise<void> => {
    const { teller } = crew;
    teller?.telling.set(false);
    // It has a second for that, as its lease ends that much earlier.
    await until(async () => await teller?.share.kept.written() ?? true);
    if (random() < 0.5) await pause(random() * 40);
    crew.agents[Math.floor(random() * 3)]!.telling.set(true);
  };
  for (let i = 0; i < STEPS; i++) {
    const dice = random();
    if (dice < 0.6) {
      const check = CHECKS[Math.floor(random() * CHECKS.length)]!;
      crew.report(check, crew.isDown(check) ? UP : DOWN);
    } else if (dice < 0.8) {
      await handOver();
    } else if (kills && dice < 0.9) {
      crew.kill();
    } else if (dice > 0.97) {
      await disturb?.();
    }
    await pause(random() * 40);
  }
  // What lasts is told, and its end, whoever tells by then.
  await handOver();
  for (const check of CHECKS) crew.report(check, DOWN);
  const lasting = () =>
    [...byIncident(hook.got).values()].filter(({ downs, ups }) =>
      downs.size > 0 && ups.size === 0
    ).map(({ check }) => check);
  await until(() => CHECKS.every((check) => lasting().includes(check)));
  await handOver();
  for (const check of CHECKS) crew.report(check, UP);
  await until(() => crew.names.every((name) => name.endsWith("/state")));
  const told = byIncident(hook.got);
  assert(told.size >= CHECKS.length);
  for (const [id, { downs, ups }] of told) {
    assertEquals([downs.size, ups.size], [1, 1], `${id} of walk ${seed}`);
  }
}
