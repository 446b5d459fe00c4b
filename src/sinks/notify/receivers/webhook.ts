import type { Json } from "../../../core/json.ts";
import { byteLength } from "../../../core/text.ts";
import {
  described,
  SECRET_STRINGS,
  toStrings,
} from "../../../schema/values.ts";
import { type AlertsPayload, alertsPayload } from "../wire/alerts.ts";
import { byKey } from "../wire/by_key.ts";
import { exactJsonText, jsonText } from "../wire/json_text.ts";
import { letterJson } from "../wire/letter_json.ts";
import {
  filled,
  placeholderProblems,
  placeholderValues,
} from "../wire/placeholders.ts";
import { hostNeeds, postJson, SECRET_URL, urlSecrets } from "../wire/post.ts";
import { secretProblem, signatureHeaders } from "../wire/signature.ts";
import type { Letter, Receiver, ReceiverRequest } from "../receiver.ts";

/** The options of a webhook. */
export interface WebhookOptions {
  readonly url: string;
  /** @default {"POST"} */
  readonly method?: "POST" | "PUT" | "PATCH";
  readonly headers?: Readonly<Record<string, unknown>>;
  /** @default {"lifesign"} */
  readonly format?: "lifesign" | "alertmanager";
  /** A template, in the place of a format. */
  readonly body?: Json;
  /** What to sign with. */
  readonly secret?: string;
}

/** Headers that the agent makes itself. */
const OWN_HEADERS =
  /^(?:host|connection|content-length|transfer-encoding|webhook-.*)$/i;

/** Sends JSON to a URL: of a format of ours, of Alertmanager, or of any form. */
export const webhook: Receiver<WebhookOptions> = {
  type: "webhook",
  properties: {
    url: {
      ...described(SECRET_URL, "Where to send to"),
      examples: ["https://hooks.example/lifesign"],
    },
    method: {
      description: "The method of the requests",
      enum: ["POST", "PUT", "PATCH"],
      default: "POST",
    },
    headers: described(SECRET_STRINGS, "Headers to add to the requests"),
    format: {
      description:
        "What is sent: JSON as lifesign has it, or as Alertmanager sends it to webhooks (version 4)",
      enum: ["lifesign", "alertmanager"],
      default: "lifesign",
    },
    body: {
      description:
        "What to send instead: a value that is sent as JSON, or a string. Its strings may have {title}, {text}, {check}, {status}, {event}, {reason}, {since}, {duration}, {url} and {id}",
    },
    secret: {
      title: 'a secret such as "whsec_…"',
      description:
        "What to sign requests with, by the Standard Webhooks specification: 24 to 64 bytes in base64",
      type: "string",
      minLength: 1,
      writeOnly: true,
    },
  },
  required: ["url"],
  problems: ({ headers = {}, format, body, secret }) => [
    ...Object.entries(headers).flatMap(([name, value]) => {
      const problem = headerProblem(name, String(value));
      return problem === undefined ? [] : [{ option: "headers", problem }];
    }),
    ...(body === undefined ? [] : bodyProblems(body, format)).map((problem) => (
      { option: "body", problem }
    )),
    ...[secret === undefined ? undefined : secretProblem(secret)]
      .filter((problem) => problem !== undefined)
      .map((problem) => ({ option: "secret", problem })),
  ],
  needs: ({ url }) => hostNeeds(url),
  secrets: ({ url, headers = {}, secret = "" }) => [
    ...urlSecrets(url),
    ...headerSecrets(toStrings(headers)),
    secret,
  ],
  toRequests: (letter, options) =>
    Promise.all(
      bodiesOf(letter, options).map((body, i) =>
        requestOf(body, idOf(letter, i), { ...options, now: letter.now })
      ),
    ),
};

/** The id of each request of a letter. */
function idOf({ id }: Letter, i: number): string {
  return i === 0 ? id : `${id}_${i + 1}`;
}

/** Many servers take 1 MiB at most, and the parts are not all of one size. */
const MAX_BYTES = 900_000;

/** What is sent; one request for each key in the format of Alertmanager. */
function bodiesOf(letter: Letter, { body, format }: WebhookOptions): string[] {
  if (body !== undefined) {
    const value = filled(body, placeholderValues(letter));
    return [typeof value === "string" ? value : exactJsonText(value)];
  }
  return format === "alertmanager"
    ? alertsPayloads(letter).map(jsonText)
    : inParts(letter);
}

/** A letter as JSON, in as many parts as servers take. */
function inParts(letter: Letter): string[] {
  const { incidents } = letter;
  const whole = jsonText(letterJson(letter));
  const count = Math.ceil(byteLength(whole) / MAX_BYTES);
  const size = Math.ceil(incidents.length / count);
  if (count === 1 || size === 0) return [whole];
  return Array.from(
    { length: Math.ceil(incidents.length / size) },
    (_, i) =>
      jsonText(letterJson({
        ...letter,
        id: idOf(letter, i),
        incidents: incidents.slice(i * size, (i + 1) * size),
      })),
  );
}

/** What Alertmanager would send, whose receivers may know a group by its key. */
function alertsPayloads(letter: Letter): AlertsPayload[] {
  if (letter.event === "test") {
    // A test leaves nothing open.
    return (["firing", "resolved"] as const).map((status) =>
      alertsPayload(letter, { key: letter.id, status })
    );
  }
  return Array.from(byKey(letter), ([key, part]) =>
    alertsPayload(part, {
      key,
      status: isOver(key, part, letter) ? "resolved" : "firing",
    }));
}

/** Whether nothing lasts of a key: neither here nor elsewhere. */
function isOver(key: string, part: Letter, { closed, held }: Letter): boolean {
  // What began and ended while it was held back was not told before.
  const wasHeld = held !== undefined &&
    part.incidents.every(({ id, ended }) => id === key && ended !== null);
  return wasHeld || closed.includes(key);
}

async function requestOf(
  body: string,
  id: string,
  { url, method = "POST", headers = {}, body: template, secret, now }:
    & WebhookOptions
    & { readonly now: number },
): Promise<ReceiverRequest> {
  const own = secret === undefined
    ? { "webhook-id": id }
    : await signatureHeaders({ id, now, body }, secret);
  return {
    ...postJson(url, null, {
      ...(typeof template === "string" &&
        { "content-type": "text/plain; charset=utf-8" }),
      ...Object.fromEntries(new Headers(toStrings(headers))),
      ...own,
    }),
    method,
    body,
  };
}

/** Headers that say nothing secret. */
const PUBLIC_HEADERS = /^(?:accept|content-type|user-agent)$/i;

/** The values of headers, and what follows the scheme, as in `Bearer abc`. */
function headerSecrets(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    PUBLIC_HEADERS.test(name)
      ? []
      : [value, value.slice(value.indexOf(" ") + 1)]
  );
}

function headerProblem(name: string, value: string): string | undefined {
  if (OWN_HEADERS.test(name)) {
    return `expected no header ${name}, which the agent sets itself`;
  }
  try {
    new Headers([[name, value]]);
    return undefined;
  } catch {
    return `expected a valid header, got ${
      JSON.stringify(name)
    } with ${value.length} characters`;
  }
}

function bodyProblems(
  body: Json,
  format: WebhookOptions["format"],
): string[] {
  return [
    ...(format === undefined ? [] : ["expected no format with it, got one"]),
    ...(typeof body === "string" && isJson(body)
      ? [
        "expected a map or a list in YAML, whose strings are quoted, got JSON in a string",
      ]
      : []),
    ...placeholderProblems(body),
  ];
}

/** Whether a string is a map or a list in JSON. */
function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
