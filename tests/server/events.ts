/**
 * Reads server-sent events as a browser does.
 *
 * @module
 */

/** An event, or what else there was in its place. */
export interface Seen {
  readonly event: string;
  readonly id: string;
  readonly data: string;
  /** How long to wait before coming back, if it was said here. */
  readonly retry: string;
  /** A comment, which a browser would not tell of. */
  readonly comment: string;
}

/** Reads one event after another. */
export class EventReader implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";
  #pieces = 0;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** How many pieces were read. */
  get pieces(): number {
    return this.#pieces;
  }

  /** The next one, `null` at the end. */
  async next(): Promise<Seen | null> {
    while (!this.#text.includes("\n\n")) {
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#pieces++;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
    const end = this.#text.indexOf("\n\n");
    const lines = this.#text.slice(0, end).split("\n");
    this.#text = this.#text.slice(end + 2);
    const of = (name: string): string =>
      lines.filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).replace(/^ /, ""))
        .join("\n");
    return {
      event: of("event"),
      id: of("id"),
      data: of("data"),
      retry: of("retry"),
      comment: lines[0]!.startsWith(":") ? lines[0]! : "",
    };
  }

  /** The next so many. */
  async take(count: number): Promise<Seen[]> {
    const all: Seen[] = [];
    while (all.length < count) {
      const next = await this.next();
      if (next === null) break;
      all.push(next);
    }
    return all;
  }

  /** Hangs up. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}
