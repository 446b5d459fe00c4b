import type { Detail } from "../../core/types.ts";
import { error } from "../../core/outcome.ts";
import { enterStage } from "../../core/stage.ts";
import { readCapped } from "../../io/read.ts";
import { classify, internal } from "../classify.ts";
import { Failure } from "../failure.ts";
import { Phases } from "./phases.ts";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";

/**
 * Makes the transport of runtimes other than Deno, by `fetch` alone. The names of
 * options that it cannot honour make each request an error.
 */
export function fetchTransport(unsupported: readonly string[]): Transport {
  return {
    async ask(url, request, signal) {
      if (unsupported.length > 0) {
        throw new Failure(error({
          code: "unsupported",
          message: `This runtime has no ${
            unsupported.join(" and no ")
          } for HTTP: fetch cannot do it`,
        }));
      }
      const phases = new Phases();
      enterStage(signal, "waiting for the response");
      try {
        const response = await fetch(url, initOf(request, signal));
        phases.end("processing");
        return new FetchAnswer(response, url, phases, signal);
      } catch (thrown) {
        throw blame(thrown, url, signal);
      }
    },
    prepare: () => undefined,
  };
}

function initOf(
  { method, headers, body, redirect }: HttpRequest,
  signal: AbortSignal,
): RequestInit {
  return {
    method,
    headers,
    redirect,
    signal,
    ...(body !== undefined && { body }),
  };
}

function blame(thrown: unknown, url: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  return new Failure(classify(thrown, new URL(url).host) ?? internal(thrown), {
    cause: thrown,
  });
}

class FetchAnswer implements HttpAnswer {
  readonly from: string | undefined;
  readonly #response: Response;
  readonly #url: string;
  readonly #phases: Phases;
  readonly #signal: AbortSignal;

  constructor(
    response: Response,
    url: string,
    phases: Phases,
    signal: AbortSignal,
  ) {
    this.#response = response;
    this.#url = url;
    this.#phases = phases;
    this.#signal = signal;
    if (response.redirected) {
      const [from, asked] = [new URL(response.url), new URL(url)];
      this.from = from.origin === asked.origin
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
    return this.#phases.detail;
  }

  async readBody(
    maxBytes: number,
    isEnough?: (bytes: Uint8Array) => boolean,
  ): Promise<Uint8Array> {
    const { body } = this.#response;
    if (body === null || maxBytes === 0) return new Uint8Array();
    try {
      const { bytes } = await readCapped(body, {
        maxBytes,
        ...(isEnough !== undefined && { isEnough }),
      });
      this.#phases.end("transfer");
      return bytes;
    } catch (thrown) {
      throw blame(thrown, this.#url, this.#signal);
    }
  }

  async close(): Promise<void> {
    const { body } = this.#response;
    // A body that is not read would keep its connection open.
    if (body?.locked === false) await body.cancel().catch(() => {});
  }
}
