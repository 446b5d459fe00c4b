/**
 * A webhook, and a target whose checks fail when it is told to.
 *
 * @module
 */

import "../../support/no_proxy.ts";

/** Far longer than anything here takes. */
const PATIENCE_MS = 60_000;

/** A message as a webhook gets it. */
export interface Got {
  readonly event: string;
  readonly title: string;
  readonly incidents: readonly {
    readonly id: string;
    readonly check: string;
    readonly ended: string | null;
  }[];
  /** The same however often it is sent. */
  readonly webhookId: string;
  readonly at: number;
}

/** How a webhook answers; nothing if it never does. */
type Answer = (got: Got, count: number) => Response | Promise<Response>;

/** Takes messages, and answers as it is told to. */
export class Hook implements AsyncDisposable {
  /** All that it was sent, whatever it answered. */
  readonly got: Got[] = [];
  answer: Answer = () => new Response("ok");
  readonly #port: number;
  #server: Deno.HttpServer | undefined;

  constructor() {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#port = listener.addr.port;
    listener.close();
    this.open();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/secret/path`;
  }

  /** Takes connections. */
  open(): void {
    const options = { hostname: "127.0.0.1", port: this.#port, onListen() {} };
    this.#server = Deno.serve(options, async (request) => {
      const got: Got = {
        ...await request.json(),
        webhookId: request.headers.get("webhook-id"),
        at: Date.now(),
      };
      this.got.push(got);
      return await this.answer(got, this.got.length);
    });
  }

  /** Refuses connections. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.answer = () => new Response("ok");
    await this.refuse();
  }
}

/** A target: paths that are down answer 500. */
export class Target implements AsyncDisposable {
  readonly down: Set<string> = new Set();
  requests = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
    this.#server = Deno.serve(options, (request) => {
      this.requests++;
      const isDown = this.down.has(new URL(request.url).pathname.slice(1));
      return new Response("", { status: isDown ? 500 : 200 });
    });
  }

  /** A check of a path, as a config file has it. */
  check(path: string, more: Record<string, unknown> = {}): unknown {
    return {
      type: "http",
      url: `http://127.0.0.1:${this.#server.addr.port}/${path}`,
      interval: "100ms",
      retries: 1,
      backoff: false,
      ...more,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Waits until something is so. */
export async function until(
  is: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!await is()) {
    if (Date.now() > end) throw new Error(`Waited for ${is}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits for as long as something that must not happen would take. */
export async function aWhile(ms = 700): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
