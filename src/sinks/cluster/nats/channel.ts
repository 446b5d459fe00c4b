import {
  type Msg,
  RequestError,
  type Subscription,
  TimeoutError,
} from "@nats-io/transport-node";
import { reportUncaught } from "../../../io/report_uncaught.ts";
import { byteLength } from "../../../core/text.ts";
import type { Connection } from "./connection.ts";
import { encodeName } from "./names.ts";

/** Hears a message: its value, and what it is about. */
export type Hear = (value: unknown, what: string) => void;

/** Answers a request. */
export type Respond = (value: unknown, what: string) => unknown;

/** What became of a request. */
export type Response =
  | { readonly type: "answer"; readonly value: unknown }
  /** Nobody answers it, or not in time, or there is no connection. */
  | { readonly type: "unreachable" };

interface Listener {
  readonly subject: string;
  readonly take: (message: Msg) => void;
  subscription: Subscription | null;
}

const WORDS = /^[\w-]+(?:\.[\w-]+)*$/;
const PATTERN = /^(?:(?:[\w-]+|\*)\.)*(?:[\w-]+|\*|>)$/;

const UNREACHABLE: Response = { type: "unreachable" };

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Messages of JSON to all agents of the cluster that hear them now. What is published
 * while there is no connection is dropped. Subjects are `lifesign.<cluster>.<what>`;
 * `what` has words of letters, digits, `-` and `_` with dots between them, and
 * {@linkcode encodeName} makes a word of any text.
 */
export class Channel implements Disposable {
  readonly #connection: Connection;
  readonly #prefix: string;
  readonly #listeners = new Set<Listener>();
  readonly #stop: () => void;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#prefix = `lifesign.${encodeName(connection.name)}.`;
    this.#stop = connection.onState(() => this.#follow());
  }

  /** Sends a message to who listens. Returns whether it was sent. */
  publish(what: string, value: unknown): boolean {
    return this.publishText(what, JSON.stringify(value) ?? "null");
  }

  /** Sends a text that is JSON to who listens. Returns whether it was sent. */
  publishText(what: string, text: string): boolean {
    const payload = this.#fitting(what, text);
    const { client, isClear } = this.#connection;
    if (payload === null || client === null || !isClear) return false;
    client.publish(this.#subjectOf(what), payload);
    return true;
  }

  /**
   * Hears messages; `*` stands for any word, and `>` for all that are left. Own ones
   * come back, too. Returns what ends that.
   */
  subscribe(pattern: string, hear: Hear): () => void {
    return this.#listen(pattern, (message, what) => {
      const value = this.#read(message);
      if (value !== undefined) hear(value, what);
    });
  }

  /**
   * Answers requests, but for those that `respond` returns `undefined` to. Returns
   * what ends that.
   */
  respond(pattern: string, respond: Respond): () => void {
    return this.#listen(pattern, async (message, what) => {
      const value = this.#read(message);
      if (value === undefined || !message.reply) return;
      try {
        const answer = await respond(value, what);
        if (answer === undefined) return;
        const payload = this.#payloadOf(what, answer);
        if (payload !== null) message.respond(payload);
      } catch (error) {
        this.#connection.report(`${what}: ${(error as Error).message}`);
      }
    });
  }

  /** Asks who responds; the first answer counts. At once without a connection. */
  async request(
    what: string,
    value: unknown,
    timeoutMs: number = this.#connection.requestMs,
  ): Promise<Response> {
    const payload = this.#payloadOf(what, value);
    const { client } = this.#connection;
    if (client === null || payload === null) return UNREACHABLE;
    try {
      const message = await client.request(this.#subjectOf(what), payload, {
        timeout: timeoutMs,
      });
      const answer = this.#read(message);
      return answer === undefined
        ? UNREACHABLE
        : { type: "answer", value: answer };
    } catch (error) {
      const isExpected = error instanceof RequestError ||
        error instanceof TimeoutError || this.#connection.client !== client;
      if (!isExpected) this.#connection.report((error as Error).message);
      return UNREACHABLE;
    }
  }

  [Symbol.dispose](): void {
    this.#stop();
    for (const listener of [...this.#listeners]) this.#unlisten(listener);
  }

  #listen(
    pattern: string,
    take: (message: Msg, what: string) => void,
  ): () => void {
    if (!PATTERN.test(pattern)) {
      throw new TypeError(`Expected words with dots, got ${pattern}`);
    }
    const listener: Listener = {
      subject: this.#prefix + pattern,
      take: (message) =>
        take(message, message.subject.slice(this.#prefix.length)),
      subscription: null,
    };
    this.#listeners.add(listener);
    this.#follow();
    return () => this.#unlisten(listener);
  }

  #unlisten(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#connection.client !== null) listener.subscription?.unsubscribe();
    listener.subscription = null;
  }

  /** Each connection has subscriptions of its own. */
  #follow(): void {
    const { client } = this.#connection;
    for (const listener of this.#listeners) {
      if (client === null) listener.subscription = null;
      else {
        listener.subscription ??= client.subscribe(listener.subject, {
          callback: (error, message) => {
            try {
              if (error === null) listener.take(message);
            } catch (thrown) {
              // The client would stop to read.
              reportUncaught(thrown);
            }
          },
        });
      }
    }
  }

  #subjectOf(what: string): string {
    if (!WORDS.test(what)) {
      throw new TypeError(`Expected words with dots, got ${what}`);
    }
    return this.#prefix + what;
  }

  #payloadOf(what: string, value: unknown): string | null {
    return this.#fitting(what, JSON.stringify(value) ?? "null");
  }

  /** A text, if the server takes it. */
  #fitting(what: string, payload: string): string | null {
    const most = this.#connection.maxPayload;
    // A unit of UTF-16 has at most three bytes.
    if (payload.length * 3 <= most) return payload;
    const size = byteLength(payload);
    if (size <= most) return payload;
    this.#connection.report(
      `A message of ${what} has ${size} bytes; the server takes ${most}`,
    );
    return null;
  }

  #read({ data, subject }: Msg): unknown {
    try {
      return JSON.parse(decoder.decode(data));
    } catch {
      this.#connection.report(
        `Messages of ${subject} are not all of lifesign`,
      );
      return undefined;
    }
  }
}
