import { fail } from "../../core/outcome.ts";
import { enterStage, findAtDeadline } from "../../core/stage.ts";
import type { Outcome } from "../../core/types.ts";
import { deadlines, type Timed } from "../../io/deadlines.ts";
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
  const places = servers.some(({ hostname }) => isName(hostname))
    ? await placesOf(servers, signal)
    : servers;
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
    for (const hostname of await addressesOf(server, undefined, signal)) {
      places.push({ hostname, port: server.port });
    }
  }
  return places.slice(0, MAX_ADDRESSES);
}

/** One query on its way to some addresses. */
class Asking implements Timed {
  timeoutMs = FIRST_WAIT_MS;
  startedAt = 0;
  lateMs = 0;
  extendedUntil = 0;
  place = -1;
  readonly #places: readonly Endpoint[];
  readonly #query: Query;
  readonly #signal: AbortSignal;
  readonly #heard: PromiseWithResolvers<Heard> = Promise.withResolvers();
  readonly #sockets = new Map<Endpoint, Datagrams>();
  readonly #faults = new Map<Endpoint, unknown>();
  #isOver = false;
  #turn = 0;
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
    try {
      void this.#ask();
      return await this.#heard.promise;
    } finally {
      this.#isOver = true;
      deadlines.delete(this);
      for (const socket of this.#sockets.values()) socket[Symbol.dispose]();
    }
  }

  onTimeout(): void {
    this.timeoutMs = Math.min(this.timeoutMs * 2, LONGEST_WAIT_MS);
    this.extendedUntil = 0;
    void this.#ask();
  }

  /** Asks at the next address that can be asked. */
  async #ask(): Promise<void> {
    while (!this.#isOver) {
      const place = this.#places[this.#turn++ % this.#places.length]!;
      try {
        await this.#send(place);
        if (!this.#isOver) deadlines.add(this);
        return;
      } catch (fault) {
        this.#faults.set(place, fault);
        if (this.#faults.size < this.#places.length) continue;
        return this.#heard.reject(this.#faults.get(this.#places[0]!));
      }
    }
  }

  async #send(place: Endpoint): Promise<void> {
    let socket = this.#sockets.get(place);
    if (socket === undefined) {
      socket = await openDatagrams(place, this.#signal);
      if (this.#isOver) return socket[Symbol.dispose]();
      this.#sockets.set(place, socket);
      this.#hear(socket).then(this.#heard.resolve, this.#heard.reject);
    }
    await socket.send(this.#query.bytes);
  }

  /** Waits for the answer. Anybody may have sent what is none. */
  #hear(socket: Datagrams): Promise<Heard> {
    return socket.find((bytes) => {
      try {
        const answer = readAnswer(bytes, this.#query);
        return { answer, from: socket.peer };
      } catch (thrown) {
        if (!(thrown instanceof Malformed)) throw thrown;
        this.#noise = { peer: authority(socket.peer), why: thrown.message };
        return undefined;
      }
    }, this.#signal);
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
