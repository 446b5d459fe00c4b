import { fail } from "../../core/outcome.ts";
import { enterStage, findAtDeadline } from "../../core/stage.ts";
import type { Outcome } from "../../core/types.ts";
import { sleep } from "../../io/sleep.ts";
import { authority, type Endpoint } from "../address.ts";
import { classify } from "../classify.ts";
import { addressesOf, isName } from "../connection/addresses.ts";
import { type Datagrams, openDatagrams } from "../connection/datagram.ts";
import { Failure } from "../failure.ts";
import { type Answered, UNANSWERED } from "./ask.ts";
import { type Answer, type Query, readAnswer } from "./message.ts";
import { Malformed } from "./reader.ts";
import { askByTcp } from "./stream.ts";

/** How long an answer is awaited before it is asked for again, at first. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 4000;

/** How many addresses are asked at most. */
const MAX_ADDRESSES = 16;

/** Why what still waits is aborted. Without it, each time makes an error. */
const OVER = new Error("The answer is there");

/** An answer, and where it came from. */
interface Heard {
  readonly answer: Answer;
  readonly from: Endpoint;
}

/**
 * Asks over UDP: each address in turn, and again and again, as a datagram may be
 * lost. The first answer counts. If it is truncated, it is asked for over TCP.
 */
export async function askByUdp(
  servers: readonly Endpoint[],
  query: Query,
  signal: AbortSignal,
): Promise<Answered> {
  const places = await placesOf(servers, signal);
  enterStage(signal, "waiting for an answer");
  const { answer, from } = await new Asking(places, query, signal).answer();
  if (!answer.isTruncated) return { answer };
  try {
    return await askByTcp(from, query, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    const outcome = classify(thrown, authority(from));
    if (outcome?.verdict !== "fail") throw thrown;
    const { code, message } = outcome.reason!;
    const all = `The answer over UDP was truncated, and over TCP: ${message}`;
    throw new Failure(fail({ code, message: all }));
  }
}

/** The addresses of servers. */
async function placesOf(
  servers: readonly Endpoint[],
  signal: AbortSignal,
): Promise<Endpoint[]> {
  const places: Endpoint[] = [];
  for (const server of servers) {
    if (!isName(server.hostname)) {
      places.push(server);
      continue;
    }
    for (const hostname of await addressesOf(server, undefined, signal)) {
      places.push({ hostname, port: server.port });
    }
  }
  return places.slice(0, MAX_ADDRESSES);
}

/** One query on its way to some addresses. */
class Asking {
  readonly #places: readonly Endpoint[];
  readonly #query: Query;
  readonly #signal: AbortSignal;
  /** Aborts what still waits when it is over. */
  readonly #over = new AbortController();
  readonly #sockets = new Map<Endpoint, Datagrams>();
  readonly #hearing: Promise<Heard>[] = [];
  /** What came that was no answer. */
  #noise: { readonly peer: string; readonly why: string } | undefined;

  constructor(
    places: readonly Endpoint[],
    query: Query,
    signal: AbortSignal,
  ) {
    this.#places = places;
    this.#query = query;
    this.#signal = signal;
  }

  async answer(): Promise<Heard> {
    findAtDeadline(this.#signal, () => this.#unanswered());
    const abort = (): void => this.#over.abort(this.#signal.reason);
    this.#signal.addEventListener("abort", abort);
    try {
      this.#signal.throwIfAborted();
      return await this.#askInTurns();
    } finally {
      this.#signal.removeEventListener("abort", abort);
      this.#over.abort(OVER);
      for (const socket of this.#sockets.values()) socket[Symbol.dispose]();
    }
  }

  async #askInTurns(): Promise<Heard> {
    const faults = new Map<Endpoint, unknown>();
    let waitMs = FIRST_WAIT_MS;
    for (let turn = 0;; turn++) {
      const place = this.#places[turn % this.#places.length]!;
      try {
        await this.#send(place);
      } catch (fault) {
        faults.set(place, fault);
        if (faults.size < this.#places.length) continue;
        throw faults.get(this.#places[0]!);
      }
      const waiting = sleep(waitMs, this.#over.signal);
      const heard = await Promise.race([...this.#hearing, waiting]);
      if (heard !== undefined) return heard;
      this.#signal.throwIfAborted();
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }

  async #send(place: Endpoint): Promise<void> {
    let socket = this.#sockets.get(place);
    if (socket === undefined) {
      socket = await openDatagrams(place, this.#signal);
      this.#sockets.set(place, socket);
      const hearing = this.#hear(socket);
      // It rejects when it is over, when nobody may wait for it.
      hearing.catch(() => {});
      this.#hearing.push(hearing);
    }
    await socket.send(this.#query.bytes);
  }

  /** Waits for the answer. Anybody may have sent what is none. */
  async #hear(socket: Datagrams): Promise<Heard> {
    while (true) {
      const bytes = await socket.receive(this.#over.signal);
      try {
        const answer = readAnswer(bytes, this.#query);
        return { answer, from: socket.peer };
      } catch (thrown) {
        if (!(thrown instanceof Malformed)) throw thrown;
        this.#noise = { peer: authority(socket.peer), why: thrown.message };
      }
    }
  }

  /** What there is to say at the deadline. */
  #unanswered(): Outcome {
    if (this.#noise !== undefined) {
      const { peer, why } = this.#noise;
      const message =
        `Expected an answer of ${peer}, got datagrams that are none: ${why}`;
      return fail({ code: "protocol", message }, UNANSWERED);
    }
    const all = this.#places.map(authority);
    const some = all.slice(0, 3).join(", ");
    const message = `Expected an answer, got none of ${
      all.length > 3 ? `${some} and ${all.length - 3} more` : some
    }`;
    return fail({ code: "timeout", message }, UNANSWERED);
  }
}
