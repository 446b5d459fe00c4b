import { formatBytes } from "../../core/text.ts";
import { concat } from "../../io/read.ts";
import { type TextExpectation, textTest } from "../matching.ts";
import { decode, decoderOf, MAX_DECLARATION_BYTES } from "./charset.ts";
import {
  jsonComplaint,
  type JsonExpectation,
  type ReadJson,
  readJson,
} from "./json_body.ts";

/** What was read of a body. It is decoded and parsed when that is needed. */
export class Body {
  readonly #bytes: Uint8Array;
  readonly #contentType: string | null;
  #text: string | undefined;
  #json: ReadJson | undefined;
  /** The number of bytes after which it was cut, if it was. */
  readonly limit: number | undefined;

  constructor(
    bytes: Uint8Array,
    contentType: string | null,
    limit?: number,
  ) {
    this.#bytes = bytes;
    this.#contentType = contentType;
    this.limit = limit;
  }

  get text(): string {
    const isCut = this.limit !== undefined;
    return this.#text ??= decode(this.#bytes, this.#contentType, isCut);
  }

  get json(): ReadJson {
    return this.#json ??= readJson(this.text, this.limit);
  }
}

/** What is expected of a body, apart from health+json. */
export interface BodyExpectation extends TextExpectation {
  readonly json?: JsonExpectation;
}

/** A test of bodies. */
export interface BodyTest {
  /** Whether anything is expected of a body; otherwise it need not be read. */
  readonly isNeeded: boolean;
  /**
   * Makes a function that takes the parts of one body in turn, and says whether
   * they are enough, whatever follows. Without it, all of the body is needed.
   */
  settled(
    contentType: string | null,
  ): ((part: Uint8Array) => boolean) | undefined;
  /** What is wrong with a body, if anything. */
  complaint(body: Body): string | undefined;
}

/**
 * Makes a test of bodies.
 *
 * @throws {OptionError} If an expectation is not valid.
 */
export function bodyTest({ json, ...texts }: BodyExpectation): BodyTest {
  const { contains, containsNot, matches, matchesNot } = texts;
  const textComplaint = textTest("the body", texts);
  const isWhole = (json ?? matches ?? matchesNot) !== undefined;
  return {
    isNeeded: json !== undefined || textComplaint !== undefined,
    settled(contentType) {
      // What a string has stays in it, whatever is added.
      const sought = containsNot ?? (isWhole ? undefined : contains);
      return sought === undefined ? undefined : finder(sought, contentType);
    },
    complaint: (body) =>
      textComplaint?.(body.text, beginningOf(body)) ??
        (json && jsonComplaint(body.json, json)),
  };
}

/**
 * Makes a function that says of each part of a body whether the parts so far
 * have a string. It looks at each byte once: a large body may come in very small
 * parts.
 */
function finder(
  sought: string,
  contentType: string | null,
): (part: Uint8Array) => boolean {
  let beginning = new Uint8Array();
  let decoder: TextDecoder | undefined;
  let text = "";
  return (part) => {
    if (decoder === undefined) {
      part = beginning = concat([beginning, part]);
      // Its encoding may be declared in what follows.
      if (part.length < MAX_DECLARATION_BYTES) {
        return decode(part, contentType, true).includes(sought);
      }
      decoder = decoderOf(part, contentType);
    }
    text = text.slice(Math.max(0, text.length - sought.length + 1)) +
      decoder.decode(part, { stream: true });
    return text.includes(sought);
  };
}

/** How a body is called that was cut. */
export function beginningOf({ limit }: Body): string | undefined {
  return limit === undefined
    ? undefined
    : `the first ${formatBytes(limit)} of the body`;
}
