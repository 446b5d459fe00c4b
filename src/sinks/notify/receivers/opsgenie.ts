import type { Json } from "../../../core/json.ts";
import { cut } from "../../../core/text.ts";
import { described, NON_EMPTY_STRING } from "../../../schema/values.ts";
import type { Letter, Receiver, ReceiverRequest } from "../receiver.ts";
import { lastingByKey } from "../wire/by_key.ts";
import {
  type ByStatus,
  byStatusSchema,
  type Defaults,
  ofWorst,
} from "../wire/by_status.ts";
import { hostNeeds, postJson, urlSecrets, WEB_URL } from "../wire/post.ts";

/** Options of a notifier of the type `opsgenie`. */
export interface OpsgenieOptions {
  readonly key: string;
  /** @default {"us"} */
  readonly region?: keyof typeof URLS;
  readonly url?: string;
  readonly priority?: ByStatus<Priority>;
  readonly responders?: readonly Responder[];
  readonly tags?: readonly string[];
}

/** Who is told. */
interface Responder {
  readonly type: typeof RESPONDER_TYPES[number];
  readonly id?: string;
  readonly name?: string;
  readonly username?: string;
}

/** Alert API: https://docs.opsgenie.com/docs/alert-api. */
const URLS = {
  us: "https://api.opsgenie.com",
  eu: "https://api.eu.opsgenie.com",
} as const;

const PRIORITIES = ["P1", "P2", "P3", "P4", "P5"] as const;

type Priority = typeof PRIORITIES[number];

const DEFAULT_PRIORITY: Defaults<Priority> = {
  unhealthy: "P1",
  unknown: "P2",
  degraded: "P3",
};

const RESPONDER_TYPES = ["team", "user", "escalation", "schedule"] as const;

const MAX_MESSAGE_LENGTH = 130;

const MAX_DESCRIPTION_LENGTH = 15_000;

const MAX_NOTE_LENGTH = 25_000;

const MAX_ENTITY_LENGTH = 512;

const MAX_SOURCE_LENGTH = 100;

/** All details together have at most 8,000 characters. */
const MAX_DETAIL_LENGTH = 1000;

const MAX_RESPONDERS = 50;

const MAX_TAGS = 20;

const MAX_TAG_LENGTH = 50;

/**
 * An alert of Opsgenie, or of Jira Service Management, which has the same API, for
 * each message that something is wrong, until it is over.
 */
export const opsgenie: Receiver<OpsgenieOptions> = {
  type: "opsgenie",
  properties: {
    key: {
      ...described(NON_EMPTY_STRING, "The key of an API integration"),
      title: "the key of an API integration",
      examples: ["${OPSGENIE_KEY}"],
      writeOnly: true,
    },
    region: {
      description: "Where the account is",
      enum: Object.keys(URLS),
      default: "us",
    },
    url: {
      ...described(
        WEB_URL,
        "The URL of the API instead, without /v2/alerts, such as that of Jira Service Management",
      ),
      examples: ["https://api.atlassian.com/jsm/ops/integration"],
    },
    priority: byStatusSchema(
      PRIORITIES,
      DEFAULT_PRIORITY,
      "The priority of an alert, for all statuses or by status",
    ),
    responders: {
      title: "a list of responders such as { type: team, name: ops }",
      description: "Who is told, unless the integration says that",
      examples: [[{ type: "team", name: "ops" }]],
      type: "array",
      items: {
        title: "a responder such as { type: team, name: ops }",
        type: "object",
        properties: {
          type: { enum: RESPONDER_TYPES, description: "Who it is" },
          name: described(
            NON_EMPTY_STRING,
            "The name of a team, an escalation or a schedule",
          ),
          username: described(NON_EMPTY_STRING, "The e-mail address of a user"),
          id: described(NON_EMPTY_STRING, "The id of any of them"),
        },
        additionalProperties: false,
        required: ["type"],
      },
    },
    tags: {
      title: "a list of tags such as [shop]",
      description: "The tags of alerts: 20 of 50 characters at most",
      type: "array",
      items: NON_EMPTY_STRING,
    },
  },
  required: ["key"],
  problems: ({ region, url, responders = [], tags = [] }) => [
    ...(region !== undefined && url !== undefined
      ? [{ option: "url", problem: "expected no region with it, got one" }]
      : []),
    ...atMost("responders", responders, MAX_RESPONDERS),
    ...atMost("tags", tags, MAX_TAGS),
    ...tags.filter(({ length }) => length > MAX_TAG_LENGTH).map((
      { length },
    ) => ({
      option: "tags",
      problem: `expected at most ${MAX_TAG_LENGTH} characters, got ${length}`,
    })),
    ...responders.filter(({ id, name, username }) =>
      [id, name, username].filter((it) => it !== undefined).length !== 1
    ).map(() => ({
      option: "responders",
      problem: "expected one of name, username and id for each",
    })),
  ],
  needs: (options) => hostNeeds(urlOf(options)),
  secrets: ({ key, url }) => [
    key,
    ...(url === undefined ? [] : urlSecrets(url)),
  ],
  toRequests(letter, options) {
    const post = (path: string, body: Json): ReceiverRequest =>
      postJson(`${urlOf(options)}/v2/alerts${path}`, body, {
        authorization: `GenieKey ${options.key}`,
      });
    const create = (key: string, part: Letter): ReceiverRequest =>
      post("", alertOf(key, part, options));
    const close = (key: string): ReceiverRequest =>
      post(`/${encodeURIComponent(key)}/close?identifierType=alias`, {
        source: sourceOf(letter),
        note: cut(letter.title, MAX_NOTE_LENGTH),
      });
    // A test leaves nothing open.
    if (letter.event === "test") {
      return [create(letter.id, letter), close(letter.id)];
    }
    return [
      ...Array.from(lastingByKey(letter), ([key, part]) => create(key, part)),
      ...letter.closed.map(close),
    ];
  },
};

/** The URL of the API, whether or not it was given with a path of the API. */
function urlOf({ url, region = "us" }: OpsgenieOptions): string {
  return (url ?? URLS[region]).replace(/(?:\/v2(?:\/alerts)?)?\/*$/, "");
}

function sourceOf({ agent }: Letter): string {
  return cut(agent, MAX_SOURCE_LENGTH);
}

/** What creates an alert, or counts for one that is open. */
function alertOf(
  key: string,
  letter: Letter,
  { priority, responders, tags }: OpsgenieOptions,
): Json {
  const { title, text, event, url, incidents } = letter;
  const [first, ...others] = incidents;
  const details = first !== undefined && others.length === 0
    ? {
      check: first.check,
      group: first.group,
      type: first.type,
      target: first.target,
      status: first.status,
      reason: first.reason.message,
      url,
    }
    : { url };
  return {
    message: cut(title, MAX_MESSAGE_LENGTH),
    alias: key,
    description: cut(text, MAX_DESCRIPTION_LENGTH),
    ...(first !== undefined && others.length === 0 &&
      { entity: cut(first.target, MAX_ENTITY_LENGTH) }),
    source: sourceOf(letter),
    priority: event === "test"
      ? "P5"
      : ofWorst(letter, priority, DEFAULT_PRIORITY),
    ...(responders !== undefined && {
      responders: responders.map((it) => ({ ...it })),
    }),
    ...(tags !== undefined && { tags }),
    details: Object.fromEntries(
      Object.entries(details).filter(([, value]) => value !== null)
        .map(([name, value]) => [name, cut(value!, MAX_DETAIL_LENGTH)]),
    ),
  };
}

function atMost(
  option: string,
  { length }: readonly unknown[],
  most: number,
): { option: string; problem: string }[] {
  return length <= most
    ? []
    : [{ option, problem: `expected at most ${most}, got ${length}` }];
}
