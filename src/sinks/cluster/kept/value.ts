import { mapOf } from "../../../core/json.ts";
import { byteLength } from "../../../core/text.ts";

/** A value as the bucket has it. */
export interface KeptValue {
  /** The term of the agent that wrote it: a later teller has a greater one. */
  readonly by: number;
  readonly value: string;
}

/**
 * What a revision of the lease counts in a term. The rest is chance: two agents that
 * do not know of each other never have the same term.
 */
export const TERM_STEP: number = 2 ** 20;

/**
 * No term is as large as this: the lease would have to be renewed for four hundred
 * years. A larger one is a mistake of whoever wrote it, and must not count, as no
 * later teller could have a term that is greater.
 */
export const END_OF_TERMS: number = 2 ** 52;

/** The key under which each agent that begins to tell writes its term. */
export const TERM = "term";

/**
 * The largest value, in bytes of JSON. What notifiers keep of a check or of a message
 * has some 2 KB, however many there are.
 */
export const MAX_VALUE_BYTES: number = 256 * 1024;

/** No text of so many characters is too large. */
const SURELY_FITS = 32 * 1024;

/** Whether a value is small enough. */
export function fits(value: KeptValue): boolean {
  return value.value.length <= SURELY_FITS ||
    byteLength(JSON.stringify(value)) <= MAX_VALUE_BYTES;
}

/** Reads a value; `undefined` if it is not of this form. */
export function parseKept(value: unknown): KeptValue | undefined {
  const { by, value: text } = mapOf(value);
  return isTerm(by) && typeof text === "string"
    ? { by, value: text }
    : undefined;
}

function isTerm(by: unknown): by is number {
  return Number.isSafeInteger(by) && (by as number) >= 0 &&
    (by as number) < END_OF_TERMS;
}
