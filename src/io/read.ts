/** The beginning of a stream. */
export interface CappedRead {
  /** What was read, at most `maxBytes`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether there was more. */
  readonly truncated: boolean;
}

/** Options for {@linkcode readCapped}. */
export interface CappedReadOptions {
  /** How many bytes are kept at most. */
  readonly maxBytes: number;
  /**
   * What happens after `maxBytes`: `"cancel"` stops reading, `"drain"` reads on
   * and discards the rest, so that the writer is not blocked.
   *
   * @default {"cancel"}
   */
  readonly beyond?: "cancel" | "drain";
  /** Stops reading once it is true. It is called with each part in turn. */
  readonly isEnough?: (part: Uint8Array) => boolean;
  /** Stops reading when it aborts; what was read until then is the result. */
  readonly signal?: AbortSignal;
}

/**
 * Reads the beginning of a stream and releases the stream. Rejects if the
 * stream fails.
 */
export async function readCapped(
  stream: ReadableStream<Uint8Array>,
  { maxBytes, beyond = "cancel", isEnough, signal }: CappedReadOptions,
): Promise<CappedRead> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let truncated = false;
  const reader = stream.getReader();
  // A pending read then ends as if the stream had ended.
  const cancel = (): void => void reader.cancel().catch(() => {});
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel);
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      const room = maxBytes - length;
      if (room > 0) {
        const part = value.length > room ? value.subarray(0, room) : value;
        chunks.push(part);
        length += part.length;
        if (isEnough?.(part)) {
          await reader.cancel();
          break;
        }
      }
      if (value.length <= room) continue;
      truncated = true;
      if (beyond === "drain") continue;
      await reader.cancel();
      break;
    }
  } finally {
    signal?.removeEventListener("abort", cancel);
    reader.releaseLock();
  }
  return { bytes: concat(chunks), truncated };
}

/** Puts parts together. */
export function concat(
  chunks: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(
    chunks.reduce((length, chunk) => length + chunk.length, 0),
  );
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
