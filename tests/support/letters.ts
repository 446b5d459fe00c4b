/**
 * Letters as notifiers get them, for the tests of receivers: one for each thing
 * that a letter can be about, and some that are hard to deliver.
 *
 * @module
 */

import type { ToldIncident } from "../../src/core/notify/message.ts";
import type {
  Letter,
  LetterIncident,
} from "../../src/sinks/notify/receiver.ts";

/** When all of them are sent. */
export const SENT_AT: number = Date.parse("2026-11-26T12:00:00.000Z");

const SITE = "https://status.example";
const MINUTE_MS = 60_000;

/** An incident of the check `web`, which began two minutes ago. */
export function told(changes: Partial<ToldIncident> = {}): LetterIncident {
  const id = changes.id ?? `0mihxsc00-${changes.check ?? "web"}`;
  const incident: ToldIncident = {
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
  return {
    ...incident,
    durationMs: (incident.ended ?? SENT_AT) - incident.began,
    since: new Date(incident.began).toISOString().slice(0, 16)
      .replace("T", " "),
    url: `${SITE}/checks/${encodeURIComponent(incident.check)}`,
  };
}

/** A letter about some incidents. */
export function letter(
  { event, incidents = [], ...changes }:
    & Pick<Letter, "event">
    & Partial<Letter>,
): Letter {
  const [first] = incidents;
  const [name, reason] = [first?.name ?? first?.check, first?.reason.message];
  const word = event === "reminder" ? "STILL DOWN" : event.toUpperCase();
  return {
    id: "0mihxv4w0-team-7",
    event,
    at: SENT_AT - 5000,
    closed: event === "up" ? [...new Set(incidents.map((it) => it.key))] : [],
    agent: "lifesign/0.2.0",
    now: SENT_AT,
    title: first === undefined
      ? "TEST of lifesign"
      : incidents.length === 1
      ? event === "up"
        ? `UP ${name} after 2m`
        : `${word} ${name}: ${reason} (2m)`
      : `${incidents.length} ${event}: ${
        incidents.slice(0, 3).map(({ check }) => check).join(", ")
      }`,
    text: incidents.map(({ check, target, reason, since }) =>
      `${check} (${target}) since ${since}: ${reason.message}`
    ).join("\n"),
    html: () => "<p>in HTML</p>",
    incidents,
    url: incidents.length === 1 ? first!.url : `${SITE}/`,
    ...changes,
  };
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
    title: "2000 of 2500 checks are down: perhaps it is the agent's network",
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
