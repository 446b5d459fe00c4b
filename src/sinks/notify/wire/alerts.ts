import type { Letter, LetterIncident } from "../receiver.ts";
import { isoTime } from "./letter_json.ts";

/** The `alertname` of all alerts, unless the config file says another one. */
const ALERT_NAME = "CheckProblem";

/** The same of a test. */
const TEST_NAME = "LifesignTest";

/** An alert as Alertmanager takes it. */
export interface Alert {
  /** What it is known by: these never change while it lasts. */
  readonly labels: Readonly<Record<string, string>>;
  /** What people read. */
  readonly annotations: Readonly<Record<string, string>>;
  /** When it began, in milliseconds of the epoch. */
  readonly began: number;
  /** When it ended, likewise; `null` while it lasts. */
  readonly ended: number | null;
  readonly url: string | null;
}

/** Labels to add, or an `alertname` to have instead. */
type Labels = Readonly<Record<string, string>>;

/**
 * The alerts of a letter. Of a check that went down again after it had been up, it
 * is only the last one: both would have the same labels.
 */
export function alertsOf(letter: Letter, labels: Labels = {}): Alert[] {
  const { event, title, text, now, url, incidents } = letter;
  if (event === "test") {
    return [{
      labels: { alertname: TEST_NAME, ...labels },
      annotations: { summary: title, description: text },
      began: now,
      ended: null,
      url,
    }];
  }
  const last = new Map<string, LetterIncident>();
  for (const incident of incidents) {
    const other = last.get(incident.check);
    if (other === undefined || other.began <= incident.began) {
      last.set(incident.check, incident);
    }
  }
  return Array.from(last.values(), (incident) => alertOf(incident, labels));
}

function alertOf(incident: LetterIncident, labels: Labels): Alert {
  const { check, name, group, type, target, began, ended, url } = incident;
  const { firstReason, reason, since, because } = incident;
  const said = firstReason.message === reason.message
    ? []
    : [`first: ${firstReason.message}`];
  const cause = because === null ? [] : [`because of ${because}`];
  return {
    labels: {
      alertname: ALERT_NAME,
      check,
      ...(group !== null && { group }),
      type,
      ...labels,
    },
    annotations: {
      summary: `${name ?? check}: ${reason.message}`,
      description: [`${target} since ${since}`, ...said, ...cause].join("; "),
      status: incident.status,
    },
    began,
    // Alertmanager refuses an end before the beginning, and a clock may be set.
    ended: ended === null ? null : Math.max(ended, began),
    url,
  };
}

/** A time that is not known yet, as Go has it. */
const NEVER = "0001-01-01T00:00:00Z";

/** What Alertmanager sends to webhooks. */
export type AlertsPayload = {
  readonly version: "4";
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: Status;
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalURL: string;
  readonly alerts: readonly {
    readonly status: Status;
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly generatorURL: string;
    readonly fingerprint: string;
  }[];
};

type Status = "firing" | "resolved";

/** Makes what Alertmanager would send of a group of alerts. */
export function alertsPayload(
  letter: Letter,
  { key, status }: { readonly key: string; readonly status: Status },
): AlertsPayload {
  const alerts = alertsOf(letter);
  const { alertname = ALERT_NAME } = alerts[0]?.labels ?? {};
  const endOf = ({ ended }: Alert): number | null =>
    ended ?? (status === "resolved" ? letter.now : null);
  return {
    version: "4",
    groupKey: `{}/{key=${JSON.stringify(key)}}:{alertname="${alertname}"}`,
    truncatedAlerts: 0,
    status,
    receiver: "lifesign",
    groupLabels: { alertname },
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: letter.url ?? "",
    alerts: alerts.map((alert) => {
      const { labels, annotations, began, url } = alert;
      const end = endOf(alert);
      return {
        status: end === null ? "firing" : "resolved",
        labels,
        annotations,
        startsAt: isoTime(began),
        endsAt: end === null ? NEVER : isoTime(end),
        generatorURL: url ?? "",
        fingerprint: fingerprintOf(labels),
      };
    }),
  };
}

/** What all of them have. */
function common(all: readonly Labels[]): Labels {
  const [first = {}, ...others] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) =>
      others.every((labels) => labels[name] === value)
    ),
  );
}

const encoder = new TextEncoder();

/** What Prometheus knows labels by: a hash of 64 bits (FNV-1a) of all of them. */
function fingerprintOf(labels: Labels): string {
  // Two halves take a tenth of the time of a `bigint`.
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (const name of Object.keys(labels).sort()) {
    for (const text of [name, labels[name]!]) {
      const bytes = encoder.encode(text);
      for (let i = 0; i <= bytes.length; i++) {
        // The prime is 2^40 + 0x1b3.
        low = (low ^ (bytes[i] ?? SEPARATOR)) >>> 0;
        const product = low * 0x1b3;
        const carry = Math.floor(product / 2 ** 32);
        high = (high * 0x1b3 + carry + (low << 8 >>> 0)) % 2 ** 32;
        low = product >>> 0;
      }
    }
  }
  return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
}

/** The byte behind each part of labels when they are hashed. */
const SEPARATOR = 0xff;
