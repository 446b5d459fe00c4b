import { MAX_OUTPUT, MAX_RUN_LENGTH, type Ping } from "../../../core/types.ts";
import type { Policy } from "../../../core/policy.ts";
import { sleep } from "../../../io/sleep.ts";
import type { Link } from "../link.ts";
import { keyOf, type Place, placeOf } from "./place.ts";

/** How much longer than its attempt may take an answer is waited for. */
const ANSWER_MS = 2_000;

/** How long the others may take until they are connected again, too. */
const RECONNECT_MS = 3_000;

/** The most pings that wait for a connection. */
const MAX_UNSENT = 1_000;

/** Who answers what others ask. */
export interface Answerer {
  /**
   * Whether this agent is a member, and not another one that has its id: the answer
   * of one of them counts for both.
   */
  isMember(): boolean;
  /** Tries a check, if this agent runs it, and sends what it has found. */
  attempt(place: Place): Promise<void>;
  /** Hears a ping that another agent has got. */
  hear(id: string, ping: Ping): void;
}

/** What {@linkcode Questions} need. */
export interface QuestionsOptions {
  readonly link: Link;
  /** Another text for each run of the program. */
  readonly instance: string;
  /** The agent that runs a check, as far as that is known. */
  readonly ownerOf: (place: Place) => string | null;
  readonly signal: AbortSignal;
}

/** What an agent asks of the others, and answers: attempts and pings. */
export class Questions {
  readonly #link: Link;
  readonly #options: QuestionsOptions;
  /** Pings that could not be passed on, as there was no connection. */
  #unsent: string[] = [];

  constructor(options: QuestionsOptions) {
    this.#link = options.link;
    this.#options = options;
    this.#link.onConnected(() => void this.#passUnsent());
  }

  /** Answers what is asked of an agent. */
  listen(self: string, { isMember, attempt, hear }: Answerer): void {
    this.#link.subscribe("pings", (value) => {
      const read = readPing(value);
      // Own ones come back, too.
      if (read === undefined || read.by === this.#options.instance) return;
      hear(read.id, read.ping);
    });
    this.#link.answer(["attempts", self], async (value) => {
      if (!isMember()) return undefined;
      const place = typeof value === "string" ? placeOf(value) : undefined;
      if (place !== undefined) await attempt(place);
      return null;
    });
  }

  /** Has the agent that runs a check try it now, if it can be reached. */
  async attempt(place: Place, policy: Policy | undefined): Promise<void> {
    const owner = this.#options.ownerOf(place);
    if (owner === null || policy === undefined) return;
    await this.#link.request(
      ["attempts", owner],
      keyOf(place),
      policy.timeoutMs + ANSWER_MS,
    );
  }

  /**
   * Passes on a ping of a check that another agent runs, once there is a connection.
   */
  ping(id: string, ping: Ping): void {
    const { instance } = this.#options;
    this.#pass(JSON.stringify([id, ping, instance]));
  }

  async #passUnsent(): Promise<void> {
    if (this.#unsent.length === 0) return;
    await sleep(RECONNECT_MS, this.#options.signal);
    for (const text of this.#unsent.splice(0)) this.#pass(text);
  }

  #pass(text: string): void {
    if (this.#link.publish("pings", text)) return;
    if (this.#unsent.length >= MAX_UNSENT) this.#unsent.shift();
    this.#unsent.push(text);
  }
}

function readPing(
  value: unknown,
): { id: string; ping: Ping; by: unknown } | undefined {
  if (!Array.isArray(value)) return undefined;
  const [id, ping, by] = value;
  if (typeof id !== "string" || typeof ping !== "object" || ping === null) {
    return undefined;
  }
  const { signal, run, output } = ping;
  const isSignal = ["start", "success", "fail", "log"].includes(signal) ||
    Number.isSafeInteger(signal);
  const isOne = isSignal &&
    (run === undefined || isText(run, MAX_RUN_LENGTH)) &&
    (output === undefined || isText(output, MAX_OUTPUT));
  if (!isOne) return undefined;
  const read = {
    signal,
    ...(run !== undefined && { run }),
    ...(output !== undefined && { output }),
  };
  return { id, ping: read, by };
}

function isText(value: unknown, most: number): boolean {
  return typeof value === "string" && value.length <= most;
}
