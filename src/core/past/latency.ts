/** The shortest duration that is told from others, in milliseconds: 10 µs. */
const MIN_MS = 0.01;

/** How many buckets there are for each doubling of the duration. */
const PER_DOUBLING = 8;

/** The last bucket, which begins at 20 days. */
const LAST = Math.ceil(Math.log2(20 * 86_400_000 / MIN_MS) * PER_DOUBLING);

/** The bucket of a duration. */
function bucketOf(ms: number): number {
  if (!(ms > MIN_MS)) return 0;
  return Math.min(Math.floor(Math.log2(ms / MIN_MS) * PER_DOUBLING), LAST);
}

/** The shortest duration of a bucket. */
function startOf(bucket: number): number {
  return MIN_MS * 2 ** (bucket / PER_DOUBLING);
}

/** The duration that is at most 4.4 % from all others of a bucket. */
function middleOf(bucket: number): number {
  const [start, end] = [startOf(bucket), startOf(bucket + 1)];
  return 2 * start * end / (start + end);
}

/**
 * How many attempts took how long, in buckets that grow by a constant factor. So
 * percentiles from 10 µs to 20 days are right within 5 %.
 */
export class LatencyHistogram {
  /** How many durations each bucket has that is not empty. */
  readonly #counts = new Map<number, number>();
  #count = 0;

  /** Reads what {@linkcode toBytes} wrote. */
  static fromBytes(bytes: Uint8Array): LatencyHistogram {
    const histogram = new LatencyHistogram();
    let bucket = 0;
    for (let at = 0; at < bytes.length;) {
      const [skipped, afterBucket] = readVarint(bytes, at);
      const [count, afterCount] = readVarint(bytes, afterBucket);
      bucket += skipped;
      histogram.#add(bucket, count);
      at = afterCount;
    }
    return histogram;
  }

  /** How many durations there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a duration in milliseconds. */
  observe(ms: number): void {
    this.#add(bucketOf(ms), 1);
  }

  /** Adds all durations of another histogram. */
  merge(other: LatencyHistogram): void {
    for (const [bucket, count] of other.#counts) this.#add(bucket, count);
  }

  /**
   * The duration in milliseconds that `percent` of all durations are at most, such
   * as 95; `null` if there are no durations.
   */
  percentile(percent: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(this.#count * percent / 100));
    let seen = 0;
    let last = 0;
    for (const [bucket, count] of this.#sorted()) {
      last = bucket;
      seen += count;
      if (seen >= rank) break;
    }
    return middleOf(last);
  }

  /**
   * The histogram as bytes: for each bucket that is not empty, how far it is from
   * the one before it, and its count. A number has seven bits a byte, the lowest
   * first.
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes: number[] = [];
    let before = 0;
    for (const [bucket, count] of this.#sorted()) {
      writeVarint(bytes, bucket - before);
      writeVarint(bytes, count);
      before = bucket;
    }
    return Uint8Array.from(bytes);
  }

  #add(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#count += count;
  }

  #sorted(): [number, number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    bytes.push(rest % 0x80 + 0x80);
  }
  bytes.push(rest);
}

/** Reads a number, and says where the next one begins. */
function readVarint(bytes: Uint8Array, start: number): [number, number] {
  let value = 0;
  for (let at = start, unit = 1; at < bytes.length; at++, unit *= 0x80) {
    const byte = bytes[at]!;
    value += byte % 0x80 * unit;
    if (byte < 0x80) return [value, at + 1];
  }
  throw new RangeError(
    `Expected a whole number in the histogram, got only its first ${
      bytes.length - start
    } bytes`,
  );
}
