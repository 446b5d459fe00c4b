import { wallTime } from "../../../io/clock.ts";
import { authority } from "../../address.ts";
import { isClosedByPeer } from "../../connection/connection.ts";
import { OwnTls } from "../../connection/own_tls.ts";
import { loadTls } from "../../connection/tls.ts";
import { failure } from "../../failure.ts";
import type { TlsOptions } from "../../tls_options.ts";
import { Phases } from "../phases.ts";
import type { HttpAnswer, HttpRequest, Transport } from "../transport.ts";
import { blame, WireAnswer } from "./answer.ts";
import { Cookies } from "./cookies.ts";
import { destinationOf, type Detour, placeOf } from "./destination.ts";
import { NoAnswer } from "./framing.ts";
import { type Attempt, Opener, type OpenerOptions } from "./opener.ts";
import { Pool } from "./pool.ts";
import { type Hop, MAX_REDIRECTS, nextHop } from "./redirect.ts";

/** Options for {@linkcode wireTransport}. */
export interface WireOptions extends TlsOptions, OpenerOptions, Detour {
  /** Whether the request is made over TLS. */
  readonly isSecure: boolean;
}

/**
 * Makes the transport on Deno. Each request has a connection of its own, by
 * `Deno.connect`, and its certificate is verified each time.
 *
 * `fetch` cannot do this: it shows no certificate and may resume TLS sessions,
 * tries the addresses of a name one after the other without a limit, does not
 * tell where it hangs, refuses answers that others accept, overwrites the Host
 * header, and takes a proxy from the environment.
 */
export function wireTransport(options: WireOptions): Transport {
  const own = new OwnTls(options);
  const opener = new Opener(options);
  const kept = options.keepAlive ? new Pool() : undefined;

  /** Where connections are kept. Those to a proxy serve several targets. */
  function poolFor({ protocol }: URL): Pool | undefined {
    return options.proxy === undefined || protocol === "https:"
      ? kept
      : undefined;
  }

  async function prepare(signal: AbortSignal): Promise<void> {
    if (options.isSecure) await loadTls();
    await own.prepare(signal);
  }

  async function ask(
    target: string,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const attempt: Attempt = {
      first: new URL(target),
      tls: await own.take(signal),
      phases: new Phases(),
      lifetimes: [],
      signal,
    };
    return await follow(attempt, { url: attempt.first, request });
  }

  /** Asks, and follows redirects. */
  async function follow(attempt: Attempt, hop: Hop): Promise<HttpAnswer> {
    const cookies = new Cookies();
    const own = hop.request.headers.cookie;
    for (let redirects = 0;; redirects++) {
      const answer = await askOnce(attempt, hop, redirects > 0);
      try {
        const next = nextHop(hop, answer.status, answer.location);
        if (next === undefined) return answer;
        await answer.close();
        if (redirects === MAX_REDIRECTS) {
          throw failure(
            "protocol",
            "Expected an answer, got more than 20 redirects",
          );
        }
        for (const value of answer.cookies) {
          cookies.set(value, hop.url, wallTime());
        }
        const sameSite = next.url.origin === attempt.first.origin;
        hop = withCookie(
          next,
          cookies.headerFor(next.url, sameSite ? own : undefined),
        );
      } catch (thrown) {
        await answer.close();
        throw thrown;
      }
    }
  }

  /** Sends one request, and blames whoever keeps it from an answer. */
  async function askOnce(
    attempt: Attempt,
    hop: Hop,
    isRedirected: boolean,
  ): Promise<WireAnswer> {
    const { signal } = attempt;
    const to = destinationOf(hop.url, attempt.first, options);
    const peer = "path" in to ? to.path : authority(to);
    const pool = poolFor(hop.url);
    const server = `${hop.url.origin} at ${peer}`;
    try {
      const kept = pool?.take(server, signal);
      const opened = await opener.reopen(kept, peer, hop, attempt) ??
        await opener.open(to, peer, hop, attempt);
      attempt.phases.end("processing");
      return new WireAnswer(opened, {
        peer,
        signal,
        phases: attempt.phases,
        lifetime: attempt.lifetimes.toSorted((a, b) => a.to - b.to)[0],
        ...(isRedirected && { from: placeOf(hop.url, attempt.first) }),
        ...(pool !== undefined &&
          { giveBack: () => pool.give(server, opened) }),
      });
    } catch (thrown) {
      // It may come as early as that.
      throw blame(
        isClosedByPeer(thrown) ? new NoAnswer(peer) : thrown,
        peer,
        signal,
      );
    }
  }

  return {
    ask,
    prepare(signal) {
      const isReady = own.isReady &&
        (!options.isSecure || loadTls() === undefined);
      return isReady ? undefined : prepare(signal);
    },
    ...(kept !== undefined && { hold: () => kept.hold() }),
  };
}

function withCookie({ url, request }: Hop, cookie: string | undefined): Hop {
  const { cookie: _, ...headers } = request.headers;
  return {
    url,
    request: {
      ...request,
      headers: cookie === undefined ? headers : { ...headers, cookie },
    },
  };
}
