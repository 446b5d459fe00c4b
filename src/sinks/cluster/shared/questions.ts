import type { Ping } from "../../../core/types.ts";
import type { Fleet } from "../../../fleet/fleet.ts";
import type { Link } from "../link.ts";

/** How much longer than its attempt may take an answer is waited for. */
const ANSWER_MS = 2_000;

/** What an agent asks of the others, and answers: attempts and pings. */
export class Questions {
  readonly #link: Link;
  readonly #fleet: Fleet;
  readonly #ownerOf: (id: string) => string | null;

  constructor(
    link: Link,
    fleet: Fleet,
    ownerOf: (id: string) => string | null,
  ) {
    this.#link = link;
    this.#fleet = fleet;
    this.#ownerOf = ownerOf;
  }

  /**
   * Answers what is asked of an agent. Before an answer to an attempt, `onAnswer` is
   * called, so that what was found is sent first.
   */
  listen(
    self: string,
    onPing: (id: string, ping: Ping) => void,
    onAnswer: () => void,
  ): void {
    this.#link.subscribe("pings", (value) => {
      const read = readPing(value);
      if (read !== undefined) onPing(...read);
    });
    this.#link.answer(`attempts.${encodeURIComponent(self)}`, async (id) => {
      const isOwn = typeof id === "string" && this.#fleet.isHeld(id) === false;
      if (!isOwn) return false;
      await this.#fleet.attempt(id);
      onAnswer();
      return true;
    });
  }

  /** Has the agent that runs a check try it now, if it can be reached. */
  async attempt(id: string): Promise<void> {
    const owner = this.#ownerOf(id);
    const policy = this.#fleet.policy(id);
    if (owner === null || policy === undefined) return;
    try {
      await this.#link.request(
        `attempts.${encodeURIComponent(owner)}`,
        id,
        policy.timeoutMs + ANSWER_MS,
      );
    } catch {
      // What is known of the check is all there is.
    }
  }

  /** Passes on a ping of a check that another agent runs. */
  ping(id: string, ping: Ping): void {
    this.#link.publish("pings", JSON.stringify([id, ping]));
  }
}

function readPing(value: unknown): [id: string, ping: Ping] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [id, ping] = value;
  if (typeof id !== "string" || typeof ping !== "object" || ping === null) {
    return undefined;
  }
  const { signal, run, output } = ping;
  const isSignal = ["start", "success", "fail", "log"].includes(signal) ||
    Number.isSafeInteger(signal);
  const isOne = isSignal && (run === undefined || typeof run === "string") &&
    (output === undefined || typeof output === "string");
  if (!isOne) return undefined;
  return [id, {
    signal,
    ...(run !== undefined && { run }),
    ...(output !== undefined && { output }),
  }];
}
