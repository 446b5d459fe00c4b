import { type Duration, parseDuration } from "../../../core/duration.ts";
import { cut } from "../../../core/text.ts";
import {
  described,
  NON_EMPTY_STRING,
  POSITIVE_DURATION,
} from "../../../schema/values.ts";
import type { Schema } from "../../../schema/schema.ts";
import type { Letter, Receiver, ReceiverRequest } from "../receiver.ts";
import {
  EVENTS,
  type Priorities,
  type Priority,
  priorityOf,
  prioritySchema,
} from "../wire/event.ts";
import { plainOf } from "../wire/plain.ts";
import {
  hostNeeds,
  isSuccess,
  jsonOf,
  notOf,
  postJson,
  refusal,
  urlSecrets,
  WEB_URL,
} from "../wire/post.ts";

/** Options of a notifier of the type `pushover`. */
export interface PushoverOptions {
  readonly token: string;
  readonly user: string;
  readonly priority?: Priority;
  readonly retry?: Duration;
  readonly expire?: Duration;
  readonly device?: string;
  readonly sound?: string;
  readonly api?: string;
}

const API = "https://api.pushover.net";

const MAX_TITLE_LENGTH = 250;
const MAX_MESSAGE_LENGTH = 1024;
const MAX_URL_LENGTH = 512;

/** A priority that is repeated until somebody confirms it. */
const EMERGENCY = 2;

const MIN_RETRY_MS = 30_000;
const MAX_EXPIRE_MS = 3 * 3_600_000;

const PRIORITIES: Priorities = {
  down: 1,
  degraded: 0,
  unknown: 0,
  reminder: 1,
  up: 0,
  test: 0,
};

/** What is over cannot be an emergency, nor can what is none. */
const MOST: Priorities = {
  down: EMERGENCY,
  degraded: EMERGENCY,
  unknown: EMERGENCY,
  reminder: 1,
  up: 1,
  test: 1,
};

const KEY: Schema = {
  title: "a key of 30 letters and digits",
  type: "string",
  pattern: "^[A-Za-z0-9]{30}$",
  writeOnly: true,
};

function urgencyOf(event: Letter["event"], priority?: Priority): number {
  return Math.min(MOST[event], priorityOf(event, priority, PRIORITIES));
}

/** Ends the emergencies of messages all of whose incidents are over. */
function cancellations(
  { closed }: Letter,
  { token, priority, api = API }: PushoverOptions,
): ReceiverRequest[] {
  const hasEmergencies = EVENTS.some((event) =>
    urgencyOf(event, priority) === EMERGENCY
  );
  return !hasEmergencies ? [] : closed.map((key) =>
    postJson(
      `${base(api)}/1/receipts/cancel_by_tag/${encodeURIComponent(key)}.json`,
      { token },
    )
  );
}

function message(
  letter: Letter,
  {
    token,
    user,
    priority,
    retry = "1m",
    expire = "1h",
    device,
    sound,
    api = API,
  }: PushoverOptions,
): ReceiverRequest {
  const { event, incidents, url, at } = letter;
  const { title, text } = plainOf(letter);
  const urgency = urgencyOf(event, priority);
  return postJson(`${base(api)}/1/messages.json`, {
    token,
    user,
    title: cut(title, MAX_TITLE_LENGTH),
    message: cut(text || title, MAX_MESSAGE_LENGTH),
    priority: urgency,
    timestamp: Math.floor(at / 1000),
    ...(url !== null && url.length <= MAX_URL_LENGTH && { url }),
    ...(device !== undefined && { device }),
    ...(sound !== undefined && { sound }),
    ...(urgency === EMERGENCY && {
      retry: Math.round(parseDuration(retry) / 1000),
      expire: Math.round(parseDuration(expire) / 1000),
      tags: [...new Set(incidents.map(({ key }) => key))].join(","),
    }),
  });
}

function base(api: string): string {
  return api.replace(/\/+$/, "");
}

/** Pushover. */
export const pushover: Receiver<PushoverOptions> = {
  type: "pushover",
  properties: {
    token: {
      ...described(KEY, "The API token of your application"),
      examples: ["${PUSHOVER_TOKEN}"],
    },
    user: {
      ...described(KEY, "The key of the user or group to tell"),
      examples: ["${PUSHOVER_USER}"],
    },
    priority: prioritySchema({
      minimum: -2,
      maximum: EMERGENCY,
      defaults: PRIORITIES,
      meaning:
        "0 is normal, and 2 an emergency, which is repeated until somebody confirms it or all is up; only what begins can be one",
    }),
    retry: described(
      POSITIVE_DURATION,
      "How often an emergency is repeated, 30s or more",
      "1m",
    ),
    expire: described(
      POSITIVE_DURATION,
      "How long an emergency is repeated, 3h or less",
      "1h",
    ),
    device: described(NON_EMPTY_STRING, "The device to tell; all by default"),
    sound: described(
      NON_EMPTY_STRING,
      "The name of a sound; that of the user by default",
    ),
    api: described(WEB_URL, "Another URL of the API", API),
  },
  required: ["token", "user"],
  problems({ retry = "1m", expire = "1h" }) {
    return [
      ...(parseDuration(retry) < MIN_RETRY_MS
        ? [{ option: "retry", problem: `expected 30s or more, got ${retry}` }]
        : []),
      ...(parseDuration(expire) > MAX_EXPIRE_MS
        ? [{ option: "expire", problem: `expected 3h or less, got ${expire}` }]
        : []),
    ];
  },
  needs: ({ api = API }) => hostNeeds(api),
  secrets: ({ token, user, api = API }) => [token, user, ...urlSecrets(api)],
  // What is over is told even if its emergency cannot be ended.
  toRequests: (letter, options) => [
    message(letter, options),
    ...cancellations(letter, options),
  ],
  judge(response) {
    const { status, errors } = jsonOf(response) ?? {};
    if (Array.isArray(errors)) return refusal(response, errors.join("; "));
    return isSuccess(response) && status !== 1
      ? notOf("Pushover", response)
      : undefined;
  },
};
