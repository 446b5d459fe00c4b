import type { Agent, Reloaded } from "./agent.ts";
import type { Config } from "../config/config.ts";

/** Options for a {@linkcode Reloader}. */
export interface ReloaderOptions {
  /** Reads the config; rejects if anything is wrong with it. */
  readonly load: () => Promise<Config>;
  /** Says something to whoever runs this. */
  readonly say: (text: string) => void;
  /** Nothing is reloaded any more once it aborts. */
  readonly signal: AbortSignal;
}

/** Has an agent go on with what its config file says by now. */
export class Reloader {
  readonly #agent: Pick<Agent, "reload" | "reloadFailed">;
  readonly #options: ReloaderOptions;
  #isWanted = false;
  #isAsked = false;
  #isRunning = false;
  /** What was said to be wrong last, `null` if nothing is. */
  #trouble: string | null = null;

  constructor(
    agent: Pick<Agent, "reload" | "reloadFailed">,
    options: ReloaderOptions,
  ) {
    this.#agent = agent;
    this.#options = options;
  }

  /**
   * Reloads the file, once more if that is being done. There is something to
   * say only if something is new, unless it was `asked` for.
   */
  async reload(how?: "asked"): Promise<void> {
    this.#isWanted = true;
    this.#isAsked ||= how === "asked";
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isWanted) {
      const isAsked = this.#isAsked;
      this.#isWanted = this.#isAsked = false;
      await this.#reload(isAsked);
    }
    this.#isRunning = false;
  }

  async #reload(isAsked: boolean): Promise<void> {
    const { load, say, signal } = this.#options;
    try {
      const config = await load();
      if (signal.aborted) return;
      const reloaded = await this.#agent.reload(config);
      const news = inWords(reloaded, config);
      if (isAsked || this.#trouble !== null || news !== "") {
        say(`reloaded: ${news || "nothing is different"}`);
      }
      this.#trouble = null;
    } catch (error) {
      if (signal.aborted) return;
      this.#agent.reloadFailed();
      const { message } = error as Error;
      if (isAsked || this.#trouble !== message) {
        say(`not reloaded: ${message}`);
      }
      this.#trouble = message;
    }
  }
}

/** What became of another config; nothing if nothing is different. */
function inWords(
  { added, removed, changed, isOrderNew, isTokenNew, needRestart }: Reloaded,
  { token }: Config,
): string {
  return [
    added > 0 && `${added} added`,
    removed > 0 && `${removed} removed`,
    changed > 0 && `${changed} changed`,
    isOrderNew && "another order",
    isTokenNew && (token === undefined ? "no token" : "another token"),
    ...needRestart.map((name) => `another ${name} needs a restart`),
  ].filter(Boolean).join(", ");
}
