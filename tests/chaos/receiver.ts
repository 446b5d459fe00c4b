/** A message that a receiver has taken. */
export interface Taken {
  /** Its id, which is the same however often it is sent. */
  readonly id: string;
  readonly event: string;
  /** The ids of its incidents. */
  readonly incidents: readonly string[];
  /** What it says of each of its incidents. */
  readonly about: readonly TakenIncident[];
  /** When it was taken, in milliseconds of the epoch. */
  readonly at: number;
  /** Where it links to: the agent that sent it, if the config says so. */
  readonly url: string | null;
}

/** What a message says of an incident. */
export interface TakenIncident {
  readonly id: string;
  /** What services tell by whether messages are about the same. */
  readonly key: string;
  readonly check: string;
  /** In ISO 8601. */
  readonly began: string;
}

/** What a receiver does to requests. */
const MOODS = [
  "ok",
  "ok",
  "ok",
  "error",
  "later",
  "hang",
  "reset",
  "refuse",
] as const;

type Mood = typeof MOODS[number];

/** Takes webhooks, if it is in the mood. */
export class Receiver implements AsyncDisposable {
  readonly name: string;
  readonly taken: Taken[] = [];
  /** How many requests had no answer that says they were taken, by what they had. */
  readonly refused: Record<string, number> = {};
  readonly #hostname: string;
  readonly #port: number;
  #server: Deno.HttpServer | undefined;
  #mood: Mood = "ok";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closing = new AbortController();

  constructor(name: string, hostname = "127.0.0.1") {
    this.name = name;
    this.#hostname = hostname;
    const listener = Deno.listen({ hostname, port: 0 });
    this.#port = listener.addr.port;
    listener.close();
    this.#listen();
  }

  get url(): string {
    return `http://${this.#hostname}:${this.#port}/`;
  }

  /** Is in another mood every few seconds. */
  misbehave(): void {
    const next = MOODS[Math.floor(Math.random() * MOODS.length)]!;
    this.#turn(next);
    this.#timer = setTimeout(
      () => this.misbehave(),
      500 + Math.random() * 5500,
    );
  }

  /** Takes everything from now on. */
  behave(): void {
    clearTimeout(this.#timer);
    this.#turn("ok");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.behave();
    await this.#stop();
  }

  #turn(mood: Mood): void {
    this.#mood = mood;
    if (mood === "refuse") void this.#stop();
    else if (this.#server === undefined) this.#listen();
  }

  #listen(): void {
    const { signal } = this.#closing = new AbortController();
    try {
      this.#server = Deno.serve({
        hostname: this.#hostname,
        port: this.#port,
        onListen() {},
        onError: () => new Response("", { status: 500 }),
        signal,
      }, (request) => this.#answer(request));
    } catch {
      // The port is still being given back.
      setTimeout(() => this.#turn(this.#mood), 100);
    }
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#closing.abort();
    await server?.finished;
  }

  async #answer(request: Request): Promise<Response> {
    const mood = this.#mood;
    const { event, incidents, url } = await request.json();
    // Who resets has taken it, and does not say so.
    if (mood === "ok" || mood === "reset") {
      this.taken.push({
        id: request.headers.get("webhook-id") ?? "",
        event,
        incidents: incidents.map(({ id }: TakenIncident) => id),
        about: incidents,
        at: Date.now(),
        url,
      });
      if (mood === "ok") return new Response("taken");
    }
    this.refused[mood] = (this.refused[mood] ?? 0) + 1;
    switch (mood) {
      case "error":
        return new Response("no", { status: 500 });
      case "later":
        return new Response("", {
          status: 429,
          headers: { "retry-after": "1" },
        });
      case "hang":
        await new Promise((resolve) =>
          request.signal.addEventListener("abort", resolve)
        );
        return new Response("");
      default:
        // The connection ends in the middle of the answer.
        return new Response(
          new ReadableStream({
            start: (controller) => controller.error(new Error("reset")),
          }),
        );
    }
  }
}
