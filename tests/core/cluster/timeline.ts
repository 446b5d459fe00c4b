/** What is to happen, in the order of time; at the same time, in that of calls. */
export class Timeline {
  /** The time, in milliseconds: no agent's clock shows exactly this. */
  now = 0;
  readonly #heap: { at: number; nth: number; run: () => void }[] = [];
  #nth = 0;

  /** Has something happen at a time. */
  at(at: number, run: () => void): void {
    const heap = this.#heap;
    heap.push({ at: Math.max(at, this.now), nth: this.#nth++, run });
    let i = heap.length - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!isBefore(heap[i]!, heap[up]!)) break;
      [heap[i], heap[up]] = [heap[up]!, heap[i]!];
      i = up;
    }
  }

  /** Lets so much time pass. */
  run(ms: number): void {
    const until = this.now + ms;
    while (this.#heap.length > 0 && this.#heap[0]!.at <= until) {
      const { at, run } = this.#pop();
      this.now = at;
      run();
    }
    this.now = until;
  }

  #pop(): { at: number; run: () => void } {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) heap[0] = last;
    for (let i = 0;;) {
      let least = i;
      for (const down of [2 * i + 1, 2 * i + 2]) {
        if (down < heap.length && isBefore(heap[down]!, heap[least]!)) {
          least = down;
        }
      }
      if (least === i) return first;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }
}

interface When {
  readonly at: number;
  readonly nth: number;
}

function isBefore(a: When, b: When): boolean {
  return a.at < b.at || a.at === b.at && a.nth < b.nth;
}
