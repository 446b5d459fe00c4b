import type { Json } from "../../../core/json.ts";
import { byteLength, cut } from "../../../core/text.ts";
import { described, NON_EMPTY_STRING } from "../../../schema/values.ts";
import type { Letter, Receiver, ReceiverRequest } from "../receiver.ts";
import { lastingByKey } from "../wire/by_key.ts";
import {
  type ByStatus,
  byStatusSchema,
  type Defaults,
  ofWorst,
} from "../wire/by_status.ts";
import { incidentJson, isoTime } from "../wire/letter_json.ts";
import { hostNeeds, postJson, urlSecrets, WEB_URL } from "../wire/post.ts";

/** Options of a notifier of the type `pagerduty`. */
export interface PagerDutyOptions {
  readonly key: string;
  /** @default {"us"} */
  readonly region?: keyof typeof URLS;
  readonly url?: string;
  readonly severity?: ByStatus<Severity>;
}

/** Events API v2: https://developer.pagerduty.com/docs/events-api-v2-overview. */
const URLS = {
  us: "https://events.pagerduty.com/v2/enqueue",
  eu: "https://events.eu.pagerduty.com/v2/enqueue",
} as const;

const SEVERITIES = ["critical", "error", "warning", "info"] as const;

type Severity = typeof SEVERITIES[number];

const DEFAULT_SEVERITY: Defaults<Severity> = {
  unhealthy: "critical",
  unknown: "error",
  degraded: "warning",
};

const MAX_SUMMARY_LENGTH = 1024;

/** Nothing is said of the limits of the other fields. */
const MAX_FIELD_LENGTH = 1024;

const MAX_TEXT_LENGTH = 16_384;

/** An event has at most 512 KB. */
const MAX_BYTES = 500_000;

/** How many incidents are in the details at most. */
const MAX_INCIDENTS = 100;

/** An alert of PagerDuty for each message that something is wrong, until it is over. */
export const pagerduty: Receiver<PagerDutyOptions> = {
  type: "pagerduty",
  properties: {
    key: {
      ...described(
        NON_EMPTY_STRING,
        "The integration key of a service, of an integration of Events API v2",
      ),
      title: "an integration key",
      examples: ["${PAGERDUTY_KEY}"],
      writeOnly: true,
    },
    region: {
      description: "Where the account is",
      enum: Object.keys(URLS),
      default: "us",
    },
    url: described(WEB_URL, "Where to send events to instead"),
    severity: byStatusSchema(
      SEVERITIES,
      DEFAULT_SEVERITY,
      "How severe an alert is, for all statuses or by status",
    ),
  },
  required: ["key"],
  problems: ({ region, url }) =>
    region === undefined || url === undefined
      ? []
      : [{ option: "url", problem: "expected no region with it, got one" }],
  needs: (options) => hostNeeds(urlOf(options)),
  secrets: ({ key, url }) => [
    key,
    ...(url === undefined ? [] : urlSecrets(url)),
  ],
  toRequests(letter, options) {
    const post = (event: Event): ReceiverRequest =>
      postJson(urlOf(options), { routing_key: options.key, ...event });
    const trigger = (key: string, part: Letter): ReceiverRequest =>
      fitting((count) => post(triggerOf(key, part, { ...options, count })));
    const resolve = (key: string): ReceiverRequest =>
      post({ event_action: "resolve", dedup_key: key });
    // A test leaves nothing open.
    if (letter.event === "test") {
      return [trigger(letter.id, letter), resolve(letter.id)];
    }
    return [
      ...Array.from(lastingByKey(letter), ([key, part]) => trigger(key, part)),
      ...letter.closed.map(resolve),
    ];
  },
};

type Event = Readonly<Record<string, Json>>;

function urlOf({ url, region = "us" }: PagerDutyOptions): string {
  return url ?? URLS[region];
}

/** What opens an alert, or adds to one that is open. */
function triggerOf(
  key: string,
  letter: Letter,
  { severity, count }: PagerDutyOptions & { readonly count: number },
): Event {
  const { title, text, agent, url, event, at, incidents } = letter;
  const [first, ...others] = incidents;
  const shown = (text: string) => cut(text, MAX_FIELD_LENGTH);
  const isOne = first !== undefined && others.length === 0;
  const links = [
    ...(url === null ? [] : [{ href: url, text: "Status" }]),
    // One to an address of mail might be refused, and the whole event with it.
    ...(isOne && first.link !== undefined && /^https?:/i.test(first.link)
      ? [{ href: first.link, text: "More" }]
      : []),
  ];
  return {
    event_action: "trigger",
    dedup_key: key,
    client: agent,
    ...(url !== null && { client_url: url }),
    ...(links.length > 0 && { links }),
    payload: {
      summary: cut(title, MAX_SUMMARY_LENGTH),
      source: isOne && first.target !== "" ? shown(first.target) : agent,
      severity: event === "test"
        ? "info"
        : ofWorst(letter, severity, DEFAULT_SEVERITY),
      timestamp: isoTime(first?.began ?? at),
      ...(isOne && {
        component: shown(first.check),
        ...(first.group !== null && { group: shown(first.group) }),
        class: shown(`${first.type} ${first.reason.code}`),
      }),
      custom_details: {
        text: cut(text, MAX_TEXT_LENGTH),
        incidents: incidents.slice(0, count).map(incidentJson),
        ...(incidents.length > count && { more: incidents.length - count }),
      },
    },
  };
}

/** Makes a request of as many incidents as there is room for. */
function fitting(make: (count: number) => ReceiverRequest): ReceiverRequest {
  for (let count = MAX_INCIDENTS;; count = Math.floor(count / 2)) {
    const request = make(count);
    if (count === 0 || byteLength(request.body) <= MAX_BYTES) return request;
  }
}
