import type { Detail } from "../../../core/types.ts";
import { wallTime } from "../../../io/clock.ts";
import { classify, internal } from "../../classify.ts";
import { expiryDetail, type Lifetime } from "../../connection/expiry.ts";
import { Failure } from "../../failure.ts";
import { TlsError } from "../../tls_options.ts";
import type { Phases } from "../phases.ts";
import type { HttpAnswer } from "../transport.ts";
import { decoded } from "./coding.ts";
import type { Exchange } from "./exchange.ts";
import { Gathered } from "./gathered.ts";
import { headersOf, valuesOf } from "./head.ts";

/** What a failed request means, if the signal has not ended it. */
export function blame(
  thrown: unknown,
  peer: string,
  signal: AbortSignal,
): unknown {
  if (signal.aborted) return signal.reason;
  if (thrown instanceof Failure || thrown instanceof TlsError) return thrown;
  return new Failure(classify(thrown, peer) ?? internal(thrown), {
    cause: thrown,
  });
}

/** What an answer is made with. */
export interface AnswerOptions {
  readonly peer: string;
  readonly signal: AbortSignal;
  readonly phases: Phases;
  readonly lifetime: Lifetime | undefined;
  readonly from?: string;
  /** Keeps the connection for another attempt. */
  readonly giveBack?: () => Promise<void>;
}

/** An answer, and the connection that it comes by. */
export class WireAnswer implements HttpAnswer {
  readonly from: string | undefined;
  readonly lifetime: Lifetime | undefined;
  readonly #exchange: Exchange;
  readonly #peer: string;
  readonly #signal: AbortSignal;
  readonly #phases: Phases;
  readonly #giveBack: (() => Promise<void>) | undefined;
  #headers: HttpAnswer["headers"] | undefined;

  constructor(exchange: Exchange, options: AnswerOptions) {
    this.#exchange = exchange;
    this.#peer = options.peer;
    this.#signal = options.signal;
    this.#phases = options.phases;
    this.from = options.from;
    this.lifetime = options.lifetime;
    this.#giveBack = options.giveBack;
  }

  get status(): number {
    return this.#exchange.head.status;
  }

  get headers(): HttpAnswer["headers"] {
    return this.#headers ??= headersOf(this.#exchange.head);
  }

  get location(): string | undefined {
    return valuesOf(this.#exchange.head, "location")[0];
  }

  get cookies(): string[] {
    return valuesOf(this.#exchange.head, "set-cookie");
  }

  get detail(): Detail {
    return {
      ...this.#phases.detail,
      ...(this.lifetime && expiryDetail(this.lifetime, wallTime())),
    };
  }

  async readBody(
    maxBytes: number,
    isEnough: (part: Uint8Array) => boolean = () => false,
  ): Promise<Uint8Array> {
    const { head, body } = this.#exchange;
    // The coding of the transfer was applied after that of the content.
    const coding = [
      ...valuesOf(head, "content-encoding"),
      ...valuesOf(head, "transfer-encoding"),
    ].join(",");
    const gathered = new Gathered();
    let left = maxBytes;
    try {
      if (maxBytes === 0) return gathered.bytes;
      for await (const part of coding === "" ? body : decoded(body, coding)) {
        const kept = part.subarray(0, left);
        gathered.add(kept);
        left -= kept.length;
        if (left === 0 || isEnough(kept)) break;
      }
    } catch (thrown) {
      throw blame(thrown, this.#peer, this.#signal);
    }
    this.#phases.end("transfer");
    return gathered.bytes;
  }

  close(): Promise<void> {
    if (this.#giveBack === undefined) this.#exchange.close();
    else void this.#giveBack();
    return Promise.resolve();
  }
}
