/** Bytes that come in parts. Each is copied a few times at most. */
export class Gathered {
  #bytes: Uint8Array;
  #length: number;

  /** Begins with some bytes, which are never written to. */
  constructor(bytes: Uint8Array = new Uint8Array()) {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  /** All of them so far. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Adds a part. */
  add(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(
        Math.max(2 * this.#bytes.length, length, 256),
      );
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#length);
    this.#length = length;
  }
}
