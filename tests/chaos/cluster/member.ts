import {
  type Ended,
  type RunningScript,
  startScript,
} from "../../support/program.ts";
import type { Transition } from "./figures.ts";

/** What an agent shows of a check. */
export interface Shown {
  readonly id: string;
  readonly status: string;
  readonly since: string | null;
}

/** Where an agent is, and what it is started with. */
export interface MemberOptions {
  /** Its id in the cluster. */
  readonly id: string;
  /** A name of its own, if others have the same id. */
  readonly name?: string;
  readonly hostname: string;
  readonly port: number;
  /** A folder for its config. */
  readonly folder: string;
  /** A command that runs it. */
  readonly within?: readonly string[];
  /** Takes the transitions that it shows. */
  readonly onTransition: (transition: Transition) => void;
}

/** An agent of a cluster, as a process. */
export class Member {
  readonly name: string;
  readonly id: string;
  readonly hostname: string;
  readonly port: number;
  /** How it ended each time, unless it was killed. */
  readonly ends: Ended[] = [];
  readonly #options: MemberOptions;
  readonly #file: string;
  #script: RunningScript | undefined;
  #watching = new AbortController();

  constructor(options: MemberOptions) {
    this.#options = options;
    this.id = options.id;
    this.name = options.name ?? options.id;
    this.hostname = options.hostname;
    this.port = options.port;
    this.#file = `${options.folder}/${this.name}.yaml`;
  }

  /** Where its HTTP app is. */
  get url(): string {
    return `http://${this.hostname}:${this.port}/`;
  }

  /** Whether its process runs. */
  get runs(): boolean {
    return this.#script !== undefined;
  }

  /** Writes its config; it has to be told if it runs. */
  async configure(config: object): Promise<void> {
    await Deno.writeTextFile(`${this.#file}.new`, JSON.stringify(config));
    await Deno.rename(`${this.#file}.new`, this.#file);
  }

  /** Starts it, and waits until it answers. */
  async start(): Promise<void> {
    const script = startScript("src/cli/main.ts", {
      flags: ["-A"],
      args: ["run", this.#file],
      within: this.#options.within ?? [],
    });
    this.#script = script;
    void script.ended.then((end) => {
      if (this.#script !== script) return;
      this.#script = undefined;
      this.ends.push(end);
      if (end.code !== 0) {
        console.error(`${this.name} ended with ${end.code}: ${end.stderr}`);
      }
    });
    await script.line("stderr", /listening on/);
    void this.#watch(this.#watching = new AbortController());
  }

  /** Signals it. */
  signal(signal: Deno.Signal): void {
    this.#script?.kill(signal);
  }

  /** Kills it with SIGKILL, and says what it has said. */
  async kill(): Promise<string> {
    const script = this.#script;
    this.#script = undefined;
    this.#watching.abort();
    await script?.[Symbol.asyncDispose]();
    return (await script?.ended)?.stderr ?? "";
  }

  /** Ends it in order. */
  async end(): Promise<void> {
    const script = this.#script;
    if (script === undefined) return;
    script.kill("SIGTERM");
    await script.ended;
    this.#watching.abort();
  }

  /** Asks its HTTP app, for a while. */
  // deno-lint-ignore no-explicit-any
  async ask(path: string): Promise<any> {
    const signal = AbortSignal.timeout(10_000);
    return await (await fetch(`${this.url}${path}`, { signal })).json();
  }

  /** What it shows of each check, as text. */
  async shown(): Promise<Map<string, string>> {
    const checks: Shown[] = await this.ask("checks");
    return new Map(checks.map((it) => [it.id, `${it.status} ${it.since}`]));
  }

  /** Follows its events until it ends. */
  async #watch({ signal }: AbortController): Promise<void> {
    const statuses = new Map<string, string>();
    while (!signal.aborted && this.runs) {
      try {
        const { body } = await fetch(`${this.url}events`, { signal });
        await this.#follow(body!, statuses);
      } catch {
        // It was killed, or is not to be watched any more.
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async #follow(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    statuses: Map<string, string>,
  ): Promise<void> {
    let rest = "";
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + piece).split("\n\n");
      rest = events.pop()!;
      for (const event of events) {
        const data = /^event: snapshot\n[^]*^data: (.*)/m.exec(event)?.[1];
        if (data !== undefined) this.#note(JSON.parse(data), statuses);
      }
    }
  }

  #note({ id, status }: Shown, statuses: Map<string, string>): void {
    const before = statuses.get(id) ?? "unknown";
    statuses.set(id, status);
    if (before === status) return;
    this.#options.onTransition({
      agent: this.name,
      check: id,
      from: before,
      to: status,
      at: Date.now(),
    });
  }
}
