/**
 * Servers that check what they are sent as strictly as the services do, and letters
 * that are hard on them.
 *
 * @module
 */

import { Ajv2020 } from "ajv/dist/2020.js";
import type { Delivery } from "../../../../src/core/notify/status.ts";
import type {
  Letter,
  Receiver,
  ReceiverRequest,
  ReceiverResponse,
} from "../../../../src/sinks/notify/receiver.ts";
import { deliver } from "../../../../src/sinks/notify/sending/deliver.ts";
import { judge } from "../../../../src/sinks/notify/sending/judge.ts";
import { LETTERS } from "../../../support/letters.ts";
import { type HttpServer, httpServer } from "../../../support/servers.ts";

/** What a service answers instead of a success. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof body === "string" ? body : JSON.stringify(body));
  }
}

/** A request that a service got, with its body as JSON. */
export interface Posted {
  readonly url: URL;
  readonly headers: Headers;
  // Each service knows what it is.
  // deno-lint-ignore no-explicit-any
  readonly json: any;
  readonly bytes: number;
}

/** What a service makes of a request: its answer, or it throws {@linkcode Refused}. */
export type Answer = (posted: Posted) => Response;

/** A service on loopback. */
export interface Service extends AsyncDisposable {
  readonly posted: readonly Posted[];
  /** Delivers a letter to it, as a notifier does. */
  deliver<Options>(
    receiver: Receiver<Options>,
    letter: Letter,
    options: Options,
  ): Promise<Delivery>;
}

/** Starts a service, which takes the place of any host. */
export function service(answer: Answer): Service {
  const posted: Posted[] = [];
  const server: HttpServer = httpServer((request) => {
    try {
      const text = server.asked.at(-1)!.body;
      if (request.method !== "POST") throw new Refused(405, "method");
      const type = request.headers.get("content-type") ?? "";
      if (!/^application\/json; *charset=utf-8$/.test(type)) {
        throw new Refused(415, `content-type ${type}`);
      }
      if (/\\ud[89a-f]/i.test(text)) throw new Refused(400, "surrogate");
      const one = {
        url: new URL(request.url),
        headers: request.headers,
        json: JSON.parse(text),
        bytes: new TextEncoder().encode(text).length,
      };
      posted.push(one);
      return answer(one);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, body, headers } = error;
      return typeof body === "string"
        ? new Response(body, { status, headers })
        : Response.json(body, { status, headers });
    }
  });
  return {
    posted,
    deliver: (receiver, letter, options) =>
      deliver(letter, {
        receiver: {
          ...receiver,
          needs: () => [{ name: "net", host: server.authority }],
          toRequests: async (letter) =>
            (await requestsOf(receiver, letter, options))
              .map((request) => placedAt(server, request)),
        },
        options: options as Readonly<Record<string, unknown>>,
        say() {},
      }, { signal: new AbortController().signal, deadlineMs: 60_000 }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function placedAt(
  { authority }: HttpServer,
  request: ReceiverRequest,
): ReceiverRequest {
  const { pathname, search } = new URL(request.url);
  return { ...request, url: `http://${authority}${pathname}${search}` };
}

/** What a response amounts to. */
export function judged<Options>(
  receiver: Receiver<Options>,
  response: ReceiverResponse,
): Delivery {
  return receiver.judge?.(response) ??
    judge(response, { url: "http://x/", now: 0, redact: (text) => text });
}

/** The requests that deliver a letter. */
export async function requestsOf<Options>(
  receiver: Receiver<Options>,
  letter: Letter,
  options: Options,
): Promise<readonly ReceiverRequest[]> {
  return await receiver.toRequests!(letter, options);
}

/** The JSON of the last of them. */
export async function bodyOf<Options>(
  receiver: Receiver<Options>,
  letter: Letter,
  options: Options,
  // Each service knows what it is.
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  return JSON.parse((await requestsOf(receiver, letter, options)).at(-1)!.body);
}

/** A response for {@linkcode judged}. */
export function response(
  status: number,
  body: unknown = "",
  headers: Readonly<Record<string, string>> = {},
): ReceiverResponse {
  return {
    status,
    headers: new Headers(headers),
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

/** Finds what is wrong with a value, by a schema of JSON Schema. */
export function problemsBy(schema: object): (value: unknown) => string[] {
  const validate = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
  }).compile(
    schema,
  );
  return (value) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map((it) => `${it.instancePath} ${it.message}`);
}

/** Schemas of strings and of objects without other keys. */
export const text = (
  maxLength: number,
  more: object = {},
): object => ({ type: "string", minLength: 1, maxLength, ...more });

export function object(
  properties: Readonly<Record<string, unknown>>,
  optional: readonly string[] = [],
): object {
  return {
    type: "object",
    additionalProperties: false,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
    properties,
  };
}

/** Whether a text, as people read it, has a mention of somebody or of all. */
export function hasMention(text: string): boolean {
  return /@[\p{L}\p{N}_]/u.test(text);
}

/** What is to be shown as it is, whatever it means elsewhere. */
export const MARKS =
  "*b* _i_ ~s~ **B** __U__ ~~S~~ ||p|| `c` ```d``` [l](http://evil.example) ![i](http://evil.example/i) <http://evil.example|click> <b>x</b></b> &lt; &amp; <!here> <!channel> <!subteam^S1> <@U1> <@&1> <#C1> <t:0:R> <at>x</at> @here @channel @everyone @all .@here _@here me@a.example@all @me {{DATE(2017-02-14T06:08:39Z,SHORT)}} 00:1b:cd:aa :smile: \\ \\* \\<";

function rawLetter(line: string, lines = 1): Letter {
  const text = Array(lines).fill(line).join("\n");
  return { ...LETTERS.down, title: text, text };
}

/** Letters as no maker of letters should make them. */
export const RAW_LETTERS: Readonly<Record<string, Letter>> = {
  marks: rawLetter(MARKS),
  "many marks": rawLetter(MARKS, 500),
  "beginnings of lines": rawLetter("# a\n-# b\n> c\n>>> d\n## e\n* f"),
  "marks of directions": rawLetter("\u202eabc\u202c \u2066x\u200f \u200ey"),
  "controls and surrogates": rawLetter(
    "\0\x07\x1b[31m\x85 \ud83d \udc00 x\r\ny",
  ),
  emoji: rawLetter("👨‍👩‍👧‍👦".repeat(2000)),
  "long lines": rawLetter("x".repeat(10 * 1024), 30),
  "wide characters": rawLetter("日本語".repeat(5000)),
  "what HTML escapes": rawLetter("<&>".repeat(5000)),
  "what JSON escapes": rawLetter('"\\'.repeat(5000)),
  "what Markdown escapes": rawLetter("*_".repeat(5000)),
  "many lines": rawLetter("a", 5000),
  "only marks of vowels": rawLetter(`e${"\u0301".repeat(9000)}`),
  "no text": { ...LETTERS.down, text: "" },
  "no page": { ...LETTERS.down, url: null },
  "a long page": {
    ...LETTERS.down,
    url: `https://status.example/checks/${"x".repeat(600)}`,
  },
};

/** All letters, by what they are. */
export const ALL_LETTERS: readonly (readonly [string, Letter])[] = [
  ...Object.entries(LETTERS),
  ...Object.entries(RAW_LETTERS),
];
