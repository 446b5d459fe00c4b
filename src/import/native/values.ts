import { templateOf } from "../words.ts";
import type { Part } from "../node.ts";

/** The first and the last character that stand for values. */
const FIRST = 0xe000;
const LAST = 0xf8ff;

const MARKS = /[\ue000-\uf8ff]/;

/**
 * The values of variables in a test. While the test is read, each is one
 * character, so that it can be written as a reference where it ends up.
 */
export class Values {
  readonly #parts: Part[] = [];

  /**
   * Parts as a string with marks in place of variables; `undefined` if it has
   * such characters itself.
   */
  marked(parts: readonly Part[]): string | undefined {
    let marked = "";
    for (const part of parts) {
      const mark = part.reference === undefined ? part.text : this.mark(part);
      if (
        mark === undefined || part.reference === undefined && MARKS.test(mark)
      ) {
        return undefined;
      }
      marked += mark;
    }
    return marked;
  }

  /** A mark for a value; `undefined` if there are too many. */
  mark(part: Part): string | undefined {
    const code = FIRST + this.#parts.length;
    if (code > LAST) return undefined;
    this.#parts.push(part);
    return String.fromCharCode(code);
  }

  /** The string with its values. */
  text(marked: string): string {
    return this.#split(marked).map(({ text }) => text).join("");
  }

  /** The string for a lifesign.yaml, with references to variables. */
  template(marked: string): string {
    return templateOf(this.#split(marked));
  }

  /** Whether a string has variables to which nothing can refer. */
  hasLiterals(marked: string): boolean {
    return this.#split(marked).some((part) =>
      this.#parts.includes(part) && part.reference === undefined
    );
  }

  #split(marked: string): Part[] {
    return marked.split(/([\ue000-\uf8ff])/).map((text, i) =>
      (i % 2 === 0 ? undefined : this.#parts[text.charCodeAt(0) - FIRST]) ??
        { text }
    );
  }
}
