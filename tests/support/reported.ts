/** Collects what is reported as nobody's error. */
export class Reported implements Disposable {
  readonly errors: unknown[] = [];

  constructor() {
    globalThis.addEventListener("error", this.#note);
  }

  readonly #note = (event: ErrorEvent): void => {
    event.preventDefault();
    this.errors.push(event.error);
  };

  [Symbol.dispose](): void {
    globalThis.removeEventListener("error", this.#note);
  }
}
