import { formatBytes } from "../../core/text.ts";
import { type TextExpectation, textTest } from "../matching.ts";
import { decode } from "./charset.ts";
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
  /** Whether the beginning of a body is enough, whatever follows. */
  isSettled(beginning: Body): boolean;
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
    isSettled({ text }) {
      // What a string has stays in it, whatever is added.
      if (containsNot !== undefined) return text.includes(containsNot);
      return !isWhole && (contains === undefined || text.includes(contains));
    },
    complaint: (body) =>
      textComplaint?.(body.text, beginningOf(body)) ??
        (json && jsonComplaint(body.json, json)),
  };
}

/** How a body is called that was cut. */
export function beginningOf({ limit }: Body): string | undefined {
  return limit === undefined
    ? undefined
    : `the first ${formatBytes(limit)} of the body`;
}
