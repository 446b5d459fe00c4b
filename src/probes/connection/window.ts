/** How many bytes may be read ahead: more than a handshake takes. */
const SIZE = 256 * 1024;

/**
 * How much may still be read before somebody needs more. The TLS sockets of Deno
 * read on while nobody reads from them, and keep all that comes.
 */
export class Window {
  #left = SIZE;
  #isLimited = true;
  #open: (() => void) | undefined;

  /** Waits until more may be read. */
  async ready(): Promise<void> {
    if (this.#left > 0 || !this.#isLimited) return;
    await new Promise<void>((resolve) => this.#open = resolve);
  }

  /** Notes that bytes were read. */
  take(bytes: number): void {
    this.#left -= bytes;
  }

  /** All that was read is used up. */
  refill(): void {
    this.#left = SIZE;
    this.#open?.();
  }

  /** Ends the limit, for good. */
  end(): void {
    this.#isLimited = false;
    this.refill();
  }
}
