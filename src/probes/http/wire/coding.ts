import { failure } from "../../failure.ts";

/** The content codings that are decoded (RFC 9110, section 8.4.1). */
const FORMATS: Readonly<Record<string, string>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
  br: "brotli",
};

/**
 * Decodes a body by its Content-Encoding, in parts. An empty body is valid in
 * every coding.
 *
 * Throws a {@linkcode Failure} if the coding is unknown, or the body is not in it.
 */
export async function* decoded(
  body: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<Uint8Array> {
  const codings = encoding.toLowerCase().split(",").map((each) => each.trim())
    .filter((each) => each !== "" && each !== "identity");
  // The last one was applied last.
  for (const coding of codings.reverse()) body = decode(body, coding);
  yield* body;
}

async function* decode(
  body: AsyncIterable<Uint8Array>,
  coding: string,
): AsyncGenerator<Uint8Array> {
  const parts = body[Symbol.asyncIterator]();
  let first: Uint8Array | undefined;
  do {
    const { done, value } = await parts.next();
    if (done) return;
    first = value;
  } while (first === undefined || first.length === 0);
  const format = FORMATS[coding];
  if (format === undefined) {
    throw failure(
      "body",
      `Expected a body in gzip, deflate, br or no coding, got one in ${
        JSON.stringify(coding.slice(0, 40))
      }`,
    );
  }
  // Many servers send deflate without the wrapping of zlib.
  const isRaw = format === "deflate" && (first[0]! & 0x0f) !== 8;
  const stream = ReadableStream.from(from(first, parts)).pipeThrough(
    new DecompressionStream(
      (isRaw ? "deflate-raw" : format) as CompressionFormat,
    ) as unknown as TransformStream<Uint8Array, Uint8Array>,
  );
  try {
    yield* stream;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw failure("body", `Expected a body in ${coding}, got one that is not`);
  }
}

async function* from(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  for (
    let next = await rest.next();
    !next.done;
    next = await rest.next()
  ) yield next.value;
}
