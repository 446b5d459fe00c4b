import type { Transform } from "node:stream";
import type { BrotliDecompress } from "node:zlib";
import { excerpt } from "../../../core/text.ts";
import { failure } from "../../failure.ts";

/** More codings than this, one upon the other, are a trap. curl has the same. */
const MAX_CODINGS = 5;

/** How many bytes are decoded at once. */
const chunkSize = 16 * 1024;

/** What stands for no coding, and what the framing of a body undoes. */
const NO_CODINGS: ReadonlySet<string> = new Set([
  "",
  "identity",
  "none",
  "chunked",
]);

type Zlib = typeof import("node:zlib");

/**
 * The content codings that are decoded (RFC 9110, section 8.4.1).
 *
 * `DecompressionStream` decodes all that it is given at once: a few hundred bytes
 * may be gigabytes.
 */
const DECODERS: Readonly<
  Record<string, (zlib: Zlib, first: Uint8Array) => Transform>
> = {
  gzip: (zlib) => zlib.createGunzip({ chunkSize }),
  "x-gzip": (zlib) => zlib.createGunzip({ chunkSize }),
  // Many servers send it without the wrapping of zlib.
  deflate: (zlib, [first = 0]) =>
    (first & 0x0f) === 8
      ? zlib.createInflate({ chunkSize })
      : zlib.createInflateRaw({ chunkSize }),
  br: (zlib) => zlib.createBrotliDecompress({ chunkSize }),
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
    .filter((each) => !NO_CODINGS.has(each));
  if (codings.length > MAX_CODINGS) {
    throw failure(
      "body",
      `Expected a body in at most ${MAX_CODINGS} codings, got one in ${codings.length}`,
    );
  }
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
  const decoderOf = Object.hasOwn(DECODERS, coding)
    ? DECODERS[coding]
    : undefined;
  if (decoderOf === undefined) {
    throw failure(
      "body",
      `Expected a body in gzip, deflate, br or no coding, got one in ${
        excerpt(coding.slice(0, 40))
      }`,
    );
  }
  const [zlib, { Readable }] = await Promise.all([
    import("node:zlib"),
    import("node:stream"),
  ]);
  const decoder = decoderOf(zlib, first) as Transform & BrotliDecompress;
  let length = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let part = first; part !== undefined;) {
      length += part.length;
      yield part;
      ({ value: part } = await parts.next());
    }
    // Deno's decoder of br does not tell if the end is missing: it takes more.
    if (coding === "br") yield new Uint8Array(1);
  }
  const readable = Readable.from(source());
  let lost: { readonly error: unknown } | undefined;
  readable.on("error", (error) => {
    lost = { error };
    decoder.destroy(error);
  });
  readable.pipe(decoder);
  const wrong = failure(
    "body",
    `Expected a body in ${coding}, got one that is not`,
  );
  try {
    yield* decoder;
  } catch {
    throw lost === undefined ? wrong : lost.error;
  } finally {
    decoder.destroy();
    readable.destroy();
  }
  if (coding === "br" && decoder.bytesWritten > length) throw wrong;
}
