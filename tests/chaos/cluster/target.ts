import { commandOf } from "../../support/program.ts";
import type { Attempt, Outage } from "./figures.ts";

/** Of the checks, one in so many goes down and comes back. */
const ONE_IN = 100;

/** At least so many do. */
const AT_LEAST = 4;

/** The targets of all checks, some of which go down by schedule. */
export class Target implements AsyncDisposable {
  /** The ids of the checks. */
  readonly checks: string[];
  /** When which target was down. */
  readonly outages: Outage[] = [];
  /** What was seen of attempts until the last {@linkcode read}. */
  readonly attempts: Attempt[] = [];
  readonly #hostname: string;
  readonly #port: number;
  readonly #child: Deno.ChildProcess;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #seen = 0;
  #isCalm = false;

  private constructor(
    checks: string[],
    hostname: string,
    child: Deno.ChildProcess,
    port: number,
  ) {
    this.checks = checks;
    this.#hostname = hostname;
    this.#child = child;
    this.#port = port;
  }

  /** Starts the targets of so many checks at an address. */
  static async start(count: number, hostname: string): Promise<Target> {
    const [command, ...args] = commandOf("tests/chaos/cluster/target_main.ts", {
      flags: ["--allow-net"],
      args: [hostname],
    });
    const child = new Deno.Command(command!, {
      args,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    const checks = Array.from({ length: count }, (_, i) => `check-${i}`);
    const port = Number(new TextDecoder().decode(value));
    return new Target(checks, hostname, child, port);
  }

  /** Where a check looks. */
  urlOf(check: string): string {
    return `http://${this.#hostname}:${this.#port}/${check}`;
  }

  /** Lets some be down for so long, and then up for so long, again and again. */
  flap(ms: number): void {
    const count = Math.max(AT_LEAST, Math.floor(this.checks.length / ONE_IN));
    for (const [i, check] of this.checks.slice(0, count).entries()) {
      this.#later(() => this.#turn(check, ms), (2 * ms * i) / count);
    }
  }

  /** Lets nothing more go down, and waits until all are up again. */
  async calm(): Promise<void> {
    this.#isCalm = true;
    while (this.outages.some(({ to }) => to === Infinity)) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Takes over what was seen since. */
  async read(): Promise<void> {
    const response = await fetch(this.urlOf(`log?from=${this.#seen}`));
    const news = await response.json();
    this.#seen += news.length;
    for (let i = 0; i < news.length; i += 2) {
      this.attempts.push({ check: news[i], at: news[i + 1] });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#child.stdin.close();
    await this.#child.stdout.cancel();
    await this.#child.status;
  }

  #turn(check: string, ms: number): void {
    const i = this.outages.findLastIndex((it) => it.check === check);
    const last = this.outages[i];
    if (last?.to === Infinity) this.outages[i] = { ...last, to: Date.now() };
    else if (this.#isCalm) return;
    else this.outages.push({ check, from: Date.now(), to: Infinity });
    void this.#tell();
    this.#later(() => this.#turn(check, ms), ms);
  }

  async #tell(): Promise<void> {
    const down = this.outages.filter(({ to }) => to === Infinity);
    const body = JSON.stringify(down.map(({ check }) => check));
    await (await fetch(this.urlOf("down"), { method: "POST", body })).text();
  }

  #later(act: () => void, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
