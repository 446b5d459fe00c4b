/** Targets that flap, each at its own pace. */
export class Targets implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #isUp: boolean[];
  readonly #upMs: number;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  /** Has some that are up for so long on average, and down for half of that. */
  constructor(count: number, upMs: number) {
    this.#upMs = upMs;
    this.#isUp = Array.from({ length: count }, () => true);
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => {
        const i = Number(new URL(request.url).pathname.slice(1));
        return new Response("", { status: this.#isUp[i] ? 200 : 503 });
      },
    );
  }

  /** What is before the number of a target. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Lets all go down and up, some for long, some for a moment. */
  flap(): void {
    for (const i of this.#isUp.keys()) this.#turn(i);
  }

  /** Lets all be up from now on. */
  heal(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#isUp.fill(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.heal();
    await this.#server.shutdown();
  }

  #turn(i: number): void {
    const meanMs = this.#upMs * (this.#isUp[i] ? 1 : 0.5) *
      // Some take their time.
      (i % 25 === 4 ? 10 : 1);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#isUp[i] = !this.#isUp[i];
      this.#turn(i);
    }, -Math.log(Math.random() || 1e-9) * meanMs);
    this.#timers.add(timer);
  }
}
