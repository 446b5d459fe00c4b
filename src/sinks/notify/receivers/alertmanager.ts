import type { Delivery } from "../../../core/notify/status.ts";
import type { Say } from "../../../core/say.ts";
import { patience } from "../../../io/sleep.ts";
import { described, STRINGS, toStrings } from "../../../schema/values.ts";
import type { Letter, Receiver, ReceiverRequest } from "../receiver.ts";
import { alertsOf } from "../wire/alerts.ts";
import { isoTime } from "../wire/letter_json.ts";
import { hostNeeds, postJson, urlSecrets, WEB_URL } from "../wire/post.ts";

/** Options of a notifier of the type `alertmanager`. */
export interface AlertmanagerOptions {
  /** All members of a cluster. */
  readonly urls: readonly string[];
  readonly labels?: Readonly<Record<string, unknown>>;
}

/** How often Alertmanager is told again what lasts. */
const REFRESH_MS = 60_000;

/**
 * How long an alert lasts that it is not told of again: so long that it may miss
 * that twice.
 */
const LASTING_MS = 4 * REFRESH_MS;

/** How long a member may take, so that one that hangs is no failure of all. */
const MEMBER_MS = 5000;

const NO_ANSWER: Delivery = {
  ok: false,
  why: `no answer within ${MEMBER_MS / 1000}s`,
  isFinal: false,
  mayHaveArrived: true,
};

/** The form of the name of a label. */
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Alerts of Alertmanager, by version 2 of its API. It is told again what lasts, as
 * it forgets that when it is restarted, and takes for over what it is not told of.
 */
export const alertmanager: Receiver<AlertmanagerOptions> = {
  type: "alertmanager",
  properties: {
    urls: {
      title: 'a list of URLs such as ["http://alertmanager:9093"]',
      description:
        "The URLs of all members of a cluster, not that of a balancer before them",
      examples: [["http://am-1:9093", "http://am-2:9093"]],
      type: "array",
      items: WEB_URL,
      minItems: 1,
    },
    labels: {
      ...described(
        STRINGS,
        "Labels of all alerts, beside alertname, check, group and type",
      ),
      examples: [{ severity: "page", team: "shop" }],
    },
  },
  required: ["urls"],
  problems: ({ labels = {} }) =>
    Object.keys(labels)
      .filter((name) => name === "check" || !LABEL_NAME.test(name))
      .map((name) => ({
        option: "labels",
        problem: name === "check"
          ? "expected no label check, which tells alerts apart"
          : `expected names of letters, digits and underscores, got ${
            JSON.stringify(name)
          }`,
      })),
  needs: ({ urls }) => urls.flatMap(hostNeeds),
  secrets: ({ urls }) => urls.map(apiOf).flatMap(urlSecrets),
  refreshMs: REFRESH_MS,
  async deliver(letter, options, { say, send }) {
    const members = alertRequests(letter, options).map((request) => ({
      host: new URL(request.url).host,
      delivery: NO_ANSWER as Delivery,
      request,
    }));
    const sent = members.map(async (member) => {
      member.delivery = await send(member.request);
    });
    await patience(Promise.all(sent), MEMBER_MS);
    sayWhichFail(members, options, say);
    return together(members);
  },
};

/** What is sent to each member. */
export function alertRequests(
  letter: Letter,
  { urls, labels = {} }: AlertmanagerOptions,
): ReceiverRequest[] {
  const alerts = alertsOf(letter, toStrings(labels))
    .map(({ labels, annotations, began, ended, url }) => ({
      labels,
      annotations,
      startsAt: isoTime(began),
      endsAt: isoTime(ended ?? Math.max(letter.now, began) + LASTING_MS),
      ...(url !== null && { generatorURL: url }),
    }));
  return alerts.length === 0
    ? []
    : urls.map((url) => postJson(apiOf(url), alerts));
}

/** The URL that takes alerts. */
function apiOf(url: string): string {
  return `${url.replace(/(?:\/api\/v2(?:\/alerts)?)?\/*$/, "")}/api/v2/alerts`;
}

/** What came of sending to one member. */
interface Member {
  readonly host: string;
  readonly delivery: Delivery;
}

/** One member is enough, as it tells people: the others get it with the next one. */
function together(members: readonly Member[]): Delivery {
  const failures = members.flatMap(({ host, delivery }) =>
    delivery.ok ? [] : [{ ...delivery, host }]
  );
  if (failures.length < members.length || members.length === 0) {
    const took = members.length - failures.length;
    return { ok: true, answer: `${took} of ${members.length} took it` };
  }
  const waits = failures.map(({ retryAfterMs }) => retryAfterMs)
    .filter((ms) => ms !== undefined);
  return {
    ok: false,
    why: failures.map(({ host, why }) => withHost(host, why)).join("; "),
    isFinal: failures.every(({ isFinal }) => isFinal),
    mayHaveArrived: failures.some(({ mayHaveArrived }) => mayHaveArrived),
    ...(waits.length > 0 && { retryAfterMs: Math.min(...waits) }),
  };
}

/** Why a member failed, with its host if that is not said already. */
function withHost(host: string, why: string): string {
  return why.includes(host) ? why : `${host}: ${why}`;
}

/** The members that were said to fail, by the options of their notifier. */
const saidToFail = new WeakMap<AlertmanagerOptions, Set<string>>();

/** Says once which members fail while others do not, and when they do no more. */
function sayWhichFail(
  members: readonly Member[],
  options: AlertmanagerOptions,
  say: Say,
): void {
  const said = saidToFail.get(options) ?? new Set();
  saidToFail.set(options, said);
  const isOneThere = members.some(({ delivery }) => delivery.ok);
  for (const { host, delivery } of members) {
    if (delivery.ok) {
      if (said.delete(host)) say(`${host} takes alerts again`);
    } else if (isOneThere && !said.has(host)) {
      said.add(host);
      say(`${withHost(host, delivery.why)}; other members took it`, "warn");
    }
  }
}
