import type { Detail } from "../../core/types.ts";
import { error } from "../../core/outcome.ts";
import { enterStage } from "../../core/stage.ts";
import { readCapped } from "../../io/read.ts";
import { classify, internal } from "../classify.ts";
import { Failure } from "../failure.ts";
import { FETCH_SYMPTOMS } from "./fetch_symptoms.ts";
import type { HttpOptions } from "./options.ts";
import { Phases } from "./phases.ts";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";

/** Headers that `fetch` sends itself, or not at all. */
const NOT_SENT = [
  "connection",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
];

/**
 * Makes the transport of runtimes other than Deno, by `fetch` alone. The names of
 * options that it cannot honour make each request an error. Each request has a
 * connection of its own where the runtime lets us choose: workerd does not.
 */
export function fetchTransport(
  target: string,
  { keepAlive = false }: Pick<HttpOptions, "keepAlive">,
  unsupported: readonly string[],
): Transport {
  return {
    async ask(url, request, signal) {
      const missing = [...unsupported, ...unsupportedBy(request)];
      if (missing.length > 0) {
        throw new Failure(error({
          code: "unsupported",
          message:
            `This runtime has only fetch for HTTP, which does not support ${
              missing.join(", ")
            }`,
        }));
      }
      const phases = new Phases();
      enterStage(signal, "waiting for the response");
      try {
        const response = await fetch(url, initOf(request, keepAlive, signal));
        phases.end("processing");
        return new FetchAnswer(response, { url, target, phases, signal });
      } catch (thrown) {
        throw blame(thrown, target, signal);
      }
    },
    prepare: () => undefined,
  };
}

function unsupportedBy({ method, headers, body }: HttpRequest): string[] {
  return [
    ...NOT_SENT.filter((name) => name in headers).map((name) =>
      `the header ${name}`
    ),
    ...(method === "GET" && body !== undefined ? ["a GET with a body"] : []),
  ];
}

function initOf(
  { method, headers, body, redirect }: HttpRequest,
  keepAlive: boolean,
  signal: AbortSignal,
): RequestInit {
  return {
    method,
    headers: keepAlive ? headers : { ...headers, connection: "close" },
    redirect,
    signal,
    ...(body !== undefined && { body }),
    ...(hasCacheMode() && { cache: "no-store" }),
  };
}

let cacheMode: boolean | undefined;

/** Whether `fetch` knows the option `cache`: in older workers, it throws. */
function hasCacheMode(): boolean {
  if (cacheMode !== undefined) return cacheMode;
  try {
    new Request("http://localhost", { cache: "no-store" });
    return cacheMode = true;
  } catch {
    return cacheMode = false;
  }
}

function blame(
  thrown: unknown,
  target: string,
  signal: AbortSignal,
): unknown {
  if (signal.aborted) return signal.reason;
  const outcome = classify(thrown, target, FETCH_SYMPTOMS);
  return new Failure(outcome ?? internal(thrown), { cause: thrown });
}

/** What an answer belongs to. */
interface Asked {
  readonly url: string;
  readonly target: string;
  readonly phases: Phases;
  readonly signal: AbortSignal;
}

class FetchAnswer implements HttpAnswer {
  readonly from: string | undefined;
  readonly #response: Response;
  readonly #asked: Asked;

  constructor(response: Response, asked: Asked) {
    this.#response = response;
    this.#asked = asked;
    if (response.redirected) {
      const [from, first] = [new URL(response.url), new URL(asked.url)];
      this.from = from.origin === first.origin
        ? from.pathname
        : `${from.origin}${from.pathname}`;
    }
  }

  get status(): number {
    return this.#response.status;
  }

  get headers(): Headers {
    return this.#response.headers;
  }

  get detail(): Detail {
    return this.#asked.phases.detail;
  }

  async readBody(
    maxBytes: number,
    isEnough?: (part: Uint8Array) => boolean,
  ): Promise<Uint8Array> {
    const { body } = this.#response;
    if (body === null || maxBytes === 0) return new Uint8Array();
    try {
      const { bytes } = await readCapped(body, {
        maxBytes,
        ...(isEnough !== undefined && { isEnough }),
      });
      this.#asked.phases.end("transfer");
      return bytes;
    } catch (thrown) {
      throw blame(thrown, this.#asked.target, this.#asked.signal);
    }
  }

  async close(): Promise<void> {
    const { body } = this.#response;
    // A body that is not read would keep its connection open.
    if (body?.locked === false) await body.cancel().catch(() => {});
  }
}
