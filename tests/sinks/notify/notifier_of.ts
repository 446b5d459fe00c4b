/**
 * A notifier without a fleet, with a receiver that does as a test wants it to.
 *
 * @module
 */

import { Desk } from "../../../src/core/notify/desk.ts";
import type { NotifierPolicy } from "../../../src/core/notify/policy.ts";
import type { Scene, Sighting } from "../../../src/core/notify/sighting.ts";
import type { Delivery } from "../../../src/core/notify/status.ts";
import { Zone } from "../../../src/io/calendar/zone.ts";
import { makeLetter } from "../../../src/sinks/notify/letter/letter.ts";
import {
  Notifier,
  type NotifierOptions,
} from "../../../src/sinks/notify/notifier.ts";
import type { Letter, Receiver } from "../../../src/sinks/notify/receiver.ts";

const POLICY: NotifierPolicy = {
  on: ["unhealthy"],
  agents: false,
  afterMs: 0,
  remindMs: null,
  resolved: true,
  gatherMs: 0,
  limit: 100,
  checks: null,
  groups: null,
  self: [],
  quiet: null,
};

const SCENE: Scene = {
  checks: 1,
  downSince: () => 0,
  hasFailed: () => false,
  isComplete: true,
};

const REASON = { code: "refused", message: "it refused" };

/** How a check is now, and since now. */
export function sighting(check: string, status: Sighting["status"]): Sighting {
  const since = Date.now();
  return {
    check,
    group: null,
    type: "tcp",
    target: "it:1",
    status,
    since,
    reason: status === "healthy" ? null : REASON,
    incident: status === "unhealthy"
      ? { id: `incident-${check}`, began: since }
      : null,
    muted: null,
    at: since,
  };
}

/** A notifier by itself, what its receiver gets, and what is said of it. */
export function notifierOf(
  deliver: (letter: Letter) => Promise<Delivery> | Delivery = () => ({
    ok: true,
    answer: "ok",
  }),
  options: Partial<NotifierOptions> = {},
  more: Partial<Receiver> = {},
): {
  readonly notifier: Notifier;
  readonly letters: Letter[];
  readonly said: string[];
} {
  const letters: Letter[] = [];
  const said: string[] = [];
  const receiver: Receiver = {
    type: "it",
    properties: {},
    needs: () => [],
    secrets: () => [],
    deliver(letter) {
      letters.push(letter);
      return Promise.resolve(deliver(letter));
    },
    ...more,
  };
  const notifier = new Notifier(
    {
      name: "me",
      desk: new Desk({ policy: POLICY, dependsOnOthers: () => false }),
      scene: SCENE,
      trySelf: () => Promise.resolve(),
      written: () => Promise.resolve(true),
      tells: () => true,
      toLetter: (message) =>
        makeLetter(message, {
          now: Date.now(),
          zone: new Zone("UTC"),
          siteUrl: undefined,
          agent: "lifesign/0",
        }),
      onError: (error) => said.push(String(error)),
      ...options,
    },
    POLICY,
    { receiver, options: {}, say: (message) => said.push(message) },
  );
  return { notifier, letters, said };
}

/** The events of letters, and the checks that these are about. */
export function told(letters: readonly Letter[]): string[] {
  return letters.map(({ event, incidents }) =>
    `${event} ${
      incidents.map(({ check, ended }) =>
        `${check}${ended === null ? "" : "!"}`
      )
        .join()
    }`
  );
}
