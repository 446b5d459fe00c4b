/**
 * Letters as notifiers get them, for the tests of receivers: one for each thing
 * that a letter can be about, and some that are hard to deliver.
 *
 * @module
 */

import type { Message, ToldIncident } from "../../src/core/notify/message.ts";
import { Zone } from "../../src/io/calendar/zone.ts";
import { makeLetter } from "../../src/sinks/notify/letter/letter.ts";
import type { Letter } from "../../src/sinks/notify/receiver.ts";

/** When all of them are sent. */
export const SENT_AT: number = Date.parse("2026-11-26T12:00:00.000Z");

const MINUTE_MS = 60_000;

/** An incident of the check `web`, which began two minutes ago. */
export function told(changes: Partial<ToldIncident> = {}): ToldIncident {
  const id = changes.id ?? `0mihxsc00-${changes.check ?? "web"}`;
  return {
    check: "web",
    group: "edge",
    type: "http",
    target: "https://shop.example/",
    status: "unhealthy",
    firstReason: { code: "timeout", message: "No answer within 10s" },
    reason: {
      code: "refused",
      message: "10.0.0.5:443 refused the connection",
    },
    began: SENT_AT - 2 * MINUTE_MS,
    ended: null,
    end: null,
    because: null,
    key: id,
    ...changes,
    id,
  };
}

/** A letter about some incidents, to people in Berlin. */
export function letter(
  { event, incidents = [], ...changes }:
    & Pick<Message, "event">
    & Partial<Message>,
): Letter {
  return makeLetter({
    id: "0mihxv4w0-team-7",
    event,
    at: SENT_AT,
    incidents,
    closed: event === "up" ? [...new Set(incidents.map((it) => it.key))] : [],
    ...changes,
  }, {
    now: SENT_AT,
    zone: new Zone("Europe/Berlin"),
    siteUrl: "https://status.example/",
    agent: "lifesign/0.2.0",
    notifier: "team",
  });
}

/** The end of an incident. */
function over(end: "recovered" | "removed"): Partial<ToldIncident> {
  return { ended: SENT_AT, end };
}

/** What a target, or who controls it, may put into a reason. */
export const HOSTILE =
  "</b><script>alert(1)</script> & \"quotes\" 'single' \\ `code` *b* _i_ [l](http://evil.example) <!channel> @everyone {title} ${HOME} $(id) %s \u0000\u0007\r\nSubject: x\u202e \ud83d\ude00 \ud83d";

/** Two thousand checks that fail at once. */
const STORM = Array.from({ length: 2000 }, (_, i) =>
  told({
    check: `check-${i}`,
    id: `0mihxsc00-${i}`,
    key: "0mihxsc00-0",
    target: `https://host-${i}.example/health`,
  }));

/** What the letters are about. */
export type LetterName =
  | "down"
  | "degraded"
  | "unknown"
  | "gathered"
  | "reminder"
  | "recovered"
  | "removed"
  | "partly"
  | "test"
  | "storm"
  | "stormOver"
  | "digest"
  | "hostile";

/** One letter of each kind. */
export const LETTERS: Readonly<Record<LetterName, Letter>> = {
  down: letter({ event: "down", incidents: [told()] }),
  degraded: letter({
    event: "degraded",
    incidents: [told({
      status: "degraded",
      reason: { code: "latency", message: "Took 2.1s, more than 1s" },
    })],
  }),
  unknown: letter({
    event: "unknown",
    incidents: [told({
      status: "unknown",
      reason: { code: "permission", message: "Needs --allow-net=shop.example" },
    })],
  }),
  /** Three checks that went down together. */
  gathered: letter({
    event: "down",
    incidents: [
      told({ check: "gateway", group: null, type: "ping", target: "10.0.0.1" }),
      told({ key: "0mihxsc00-gateway", because: "gateway" }),
      told({
        check: "db",
        name: "Orders",
        type: "tcp",
        target: "10.0.0.9:5432",
        key: "0mihxsc00-gateway",
        because: "gateway",
        link: "https://wiki.example/db",
      }),
    ],
  }),
  /** Of two that were told together, and of one that was told alone. */
  reminder: letter({
    event: "reminder",
    incidents: [
      told(),
      told({ check: "api", key: "0mihxsc00-web" }),
      told({ check: "db", group: null, status: "degraded" }),
    ],
  }),
  recovered: letter({ event: "up", incidents: [told(over("recovered"))] }),
  removed: letter({ event: "up", incidents: [told(over("removed"))] }),
  /** One of two that were told together: the other one lasts. */
  partly: letter({
    event: "up",
    incidents: [told({ ...over("recovered"), key: "0mihxsc00-gateway" })],
    closed: [],
  }),
  test: letter({ event: "test" }),
  storm: letter({
    event: "down",
    incidents: STORM,
    storm: { down: 2000, checks: 2500 },
  }),
  stormOver: letter({
    event: "up",
    incidents: STORM.map((it) => told({ ...it, ...over("recovered") })),
    closed: ["0mihxsc00-0"],
  }),
  /** After quiet hours. */
  digest: letter({
    event: "down",
    incidents: [told()],
    held: { since: SENT_AT - 8 * 60 * MINUTE_MS, by: "quiet", count: 12 },
    limitedUntil: SENT_AT + 30 * MINUTE_MS,
  }),
  hostile: letter({
    event: "down",
    incidents: [told({
      check: "we/b ?#%\u00e4\ud83d\ude00",
      id: "0mihxsc00-1kq7d2",
      key: "0mihxsc00-1kq7d2",
      name: HOSTILE,
      group: HOSTILE,
      target: `https://shop.example/${HOSTILE}`,
      reason: { code: "body", message: HOSTILE.repeat(50) },
    })],
  }),
};
