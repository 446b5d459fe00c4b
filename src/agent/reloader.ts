import type { Agent } from "./agent.ts";
import type { Reloaded } from "./reloaded.ts";
import type { Config } from "../config/config.ts";
import type { Say } from "../core/say.ts";

/** Options for a {@linkcode Reloader}. */
export interface ReloaderOptions {
  /** Reads the config; rejects if anything is wrong with it. */
  readonly load: () => Promise<Config>;
  /** Tells the user something, in one line. */
  readonly say: Say;
  /** Stops reloading when it aborts. */
  readonly signal: AbortSignal;
}

/** Reloads the config of an agent. */
export class Reloader {
  readonly #agent: Pick<Agent, "reload" | "reloadFailed">;
  readonly #options: ReloaderOptions;
  #isWanted = false;
  #isAsked = false;
  #isRunning = false;
  /** The last problem that was reported, `null` if there is none. */
  #trouble: string | null = null;

  constructor(
    agent: Pick<Agent, "reload" | "reloadFailed">,
    options: ReloaderOptions,
  ) {
    this.#agent = agent;
    this.#options = options;
  }

  /**
   * Reloads the config, and once more afterwards if a reload is under way. The
   * user is told only of news, unless the reload was `asked` for.
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
      const news = inWords(reloaded);
      if (isAsked || this.#trouble !== null || news !== "") {
        say(`reloaded: ${news || "nothing changed"}`);
      }
      this.#trouble = null;
    } catch (error) {
      if (signal.aborted) return;
      this.#agent.reloadFailed();
      const { message } = error as Error;
      if (isAsked || this.#trouble !== message) {
        say(`not reloaded: ${message}`, "error");
      }
      this.#trouble = message;
    }
  }
}

/** What changed with another config; empty if nothing did. */
function inWords(
  { added, removed, changed, isOrderNew, notes, needRestart }: Reloaded,
): string {
  const changes = [
    added > 0 && `${added} added`,
    removed > 0 && `${removed} removed`,
    changed > 0 && `${changed} changed`,
    isOrderNew && "order changed",
    ...notes,
  ].filter(Boolean).join(", ");
  const restarts = needRestart.map((key) =>
    `${key} changed: restart to apply it`
  );
  return [...(changes === "" ? [] : [changes]), ...restarts].join("; ");
}
