import type { MessageEvent } from "../../../core/notify/message.ts";
import { byteLength, cut } from "../../../core/text.ts";
import { described } from "../../../schema/values.ts";
import type { Receiver } from "../receiver.ts";
import {
  type Priorities,
  type Priority,
  priorityOf,
  prioritySchema,
} from "../wire/event.ts";
import { plainOf } from "../wire/plain.ts";
import {
  hostNeeds,
  isJson,
  isSuccess,
  jsonOf,
  notOf,
  postJson,
  refusal,
  urlSecrets,
  WEB_URL,
} from "../wire/post.ts";

/** Options of a notifier of the type `ntfy`. */
export interface NtfyOptions {
  readonly url?: string;
  readonly topic: string;
  readonly token?: string;
  readonly priority?: Priority;
}

const SERVER = "https://ntfy.sh";

const MAX_TITLE_LENGTH = 250;

/** What is longer becomes a file, or is refused. */
const MAX_MESSAGE_BYTES = 4096;

/** Of the whole request, which may be twice a message: JSON escapes a lot. */
const MAX_BODY_BYTES = 8000;

const PRIORITIES: Priorities = {
  down: 4,
  degraded: 3,
  unknown: 3,
  reminder: 4,
  up: 3,
  test: 3,
};

/** The emoji in front of a title. */
const TAGS: Readonly<Record<MessageEvent, string>> = {
  down: "red_circle",
  degraded: "large_orange_diamond",
  unknown: "white_circle",
  reminder: "bell",
  up: "green_circle",
  test: "information_source",
};

/** What a character takes within a string of JSON. */
function jsonBytes(character: string): number {
  return byteLength(JSON.stringify(character)) - '""'.length;
}

/** Topics of ntfy. */
export const ntfy: Receiver<NtfyOptions> = {
  type: "ntfy",
  properties: {
    url: described(WEB_URL, "The URL of the server, without a topic", SERVER),
    topic: {
      title: "a topic of up to 64 letters, digits, _ and -",
      description:
        "The topic; on a public server, whoever knows it can read and write there",
      examples: ["${NTFY_TOPIC}"],
      type: "string",
      pattern: "^[-_A-Za-z0-9]{1,64}$",
      writeOnly: true,
    },
    token: {
      title: "an access token that begins with tk_",
      description: "The access token, if the topic needs one",
      examples: ["${NTFY_TOKEN}"],
      type: "string",
      pattern: "^tk_[A-Za-z0-9]+$",
      writeOnly: true,
    },
    priority: prioritySchema({
      minimum: 1,
      maximum: 5,
      defaults: PRIORITIES,
      meaning: "3 is normal, and 5 the most urgent",
    }),
  },
  required: ["topic"],
  problems({ url = SERVER, topic }) {
    return new URL(url).pathname.split("/").includes(topic)
      ? [{ option: "url", problem: "expected the URL without the topic" }]
      : [];
  },
  needs: ({ url = SERVER }) => hostNeeds(url),
  secrets: ({ url = SERVER, topic, token }) => [
    ...urlSecrets(url),
    topic,
    ...(token === undefined ? [] : [token]),
  ],
  toRequests(letter, { url = SERVER, topic, token, priority }) {
    const { title, text } = plainOf(letter);
    const body = {
      topic,
      title: cut(title, MAX_TITLE_LENGTH),
      message: "",
      priority: priorityOf(letter.event, priority, PRIORITIES),
      tags: [TAGS[letter.event]],
      ...(letter.url !== null && { click: letter.url }),
    };
    const room = MAX_BODY_BYTES - byteLength(JSON.stringify(body));
    const message = cut(text, MAX_MESSAGE_BYTES, byteLength);
    return [postJson(
      url,
      { ...body, message: cut(message, room, jsonBytes) },
      token === undefined ? {} : { authorization: `Bearer ${token}` },
    )];
  },
  judge(response) {
    const answer = jsonOf(response);
    if (typeof answer?.error === "string") {
      return refusal(response, answer.error);
    }
    const isOther = answer === undefined
      ? !isJson(response)
      : answer.event !== "message";
    return isSuccess(response) && isOther ? notOf("ntfy", response) : undefined;
  },
};
