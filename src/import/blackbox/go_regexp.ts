/** A regular expression of Go, for JavaScript. */
export interface Translated {
  /** Its source. */
  readonly source: string;
  /** Whether it needs Unicode mode. */
  readonly isUnicode: boolean;
  /** Whether it asks for the end of the text, where a line break may be. */
  readonly hasEnd: boolean;
  /** The number of its groups. */
  readonly groups: number;
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** Letters of a category of Unicode; other names are scripts. */
const CATEGORY = /^[CLMNPSZ][a-z]?$/;

const SYNTAX = /[\\^$.*+?()[\]{}|/]/;

/**
 * Translates a regular expression of Go (RE2) to JavaScript, in which it matches
 * the same texts. Returns nothing if it cannot, or if it is not valid.
 */
export function translated(pattern: string): Translated | undefined {
  const state = { isUnicode: false, hasEnd: false, groups: 0 };
  let source: string;
  try {
    source = new Reader(pattern, state).all();
    new RegExp(source, "u");
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return { source, ...state };
}

/** A string as a part of a regular expression. */
function literal(text: string): string {
  return Array.from(text, (c) => SYNTAX.test(c) ? `\\${c}` : c).join("");
}

/** What is found on the way. */
type State = {
  -readonly [Key in Exclude<keyof Translated, "source">]: Translated[Key];
};

class Reader {
  readonly #text: string;
  readonly #state: State;
  #at = 0;

  constructor(text: string, state: State) {
    this.#text = text;
    this.#state = state;
  }

  all(): string {
    const source = this.#alternatives();
    if (this.#at < this.#text.length) throw new SyntaxError("unopened group");
    return source;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(pattern.source, "y" + pattern.flags);
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#at += match[0].length;
    return match;
  }

  /** All up to the end of the group. */
  #alternatives(): string {
    let source = "";
    // Flags go on to the end of the group.
    let closing = "";
    while (this.#at < this.#text.length && this.#text[this.#at] !== ")") {
      const flags = this.#take(/\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?\)/);
      if (flags !== undefined) {
        source += opening(flags[1]!, flags[2] ?? "");
        closing += ")";
      } else source += this.#next();
    }
    // An alternative after flags is one of the group, too.
    return source + closing;
  }

  #next(): string {
    const quoted = this.#take(/\\Q([\s\S]*?)(?:\\E|$)/);
    if (quoted !== undefined) return literal(quoted[1]!);
    if (this.#text[this.#at] === "(") return this.#group();
    if (this.#text[this.#at] === "[") return this.#class();
    const repeat = this.#take(/\{\d+(?:,\d*)?\}/);
    if (repeat !== undefined) return repeat[0];
    // Go can repeat what has no length.
    const repeated = this.#take(/(\^|\$|\\[bB])(?=[*+?])/);
    if (repeated !== undefined) return `(?:${repeated[1]})`;
    if (this.#text[this.#at] === "\\") return this.#escape();
    const [letter] = this.#take(/[\s\S]/u)!;
    if (letter === "$") this.#state.hasEnd = true;
    return /[{}\]/]/.test(letter) ? `\\${letter}` : letter;
  }

  #group(): string {
    const [, name, on, off] = this.#take(
      /\((?:\?P?<(\w+)>|\?([a-zA-Z]*)(?:-([a-zA-Z]+))?:)?/,
    )!;
    const isCapturing = on === undefined;
    if (isCapturing) this.#state.groups++;
    const inner = this.#alternatives();
    if (this.#take(/\)/) === undefined) throw new SyntaxError("open group");
    const start = name !== undefined
      ? `(?<${name}>`
      : isCapturing
      ? "("
      : opening(on, off ?? "");
    return `${start}${inner})`;
  }

  #escape(): string {
    const unicode = this.#take(/\\([pP])(?:\{(\^?)(\w+)\}|(\w))/);
    if (unicode !== undefined) return this.#property(unicode);
    const code = this.#take(/\\x\{([0-9a-fA-F]+)\}|\\x([0-9a-fA-F]{2})/);
    if (code !== undefined) {
      return literal(String.fromCodePoint(parseInt(code[1] ?? code[2]!, 16)));
    }
    const octal = this.#take(/\\([0-7]{3}|0)/);
    if (octal !== undefined) {
      return literal(String.fromCodePoint(parseInt(octal[1]!, 8)));
    }
    const escape = this.#take(/\\([\s\S])/u);
    if (escape === undefined) throw new SyntaxError("trailing backslash");
    const letter = escape[1]!;
    switch (letter) {
      case "A":
        return "(?<![\\s\\S])";
      case "z":
        this.#state.hasEnd = true;
        return "(?![\\s\\S])";
      case "a":
        return "\\x07";
      case "s":
        return "[\\t\\n\\f\\r ]";
      case "S":
        return "[^\\t\\n\\f\\r ]";
    }
    if (/[bBdDwWfnrtv]/.test(letter)) return `\\${letter}`;
    if (/\w/.test(letter)) throw new SyntaxError("unknown escape");
    return literal(letter);
  }

  #property([, sign, not, long, short]: RegExpExecArray): string {
    this.#state.isUnicode = true;
    const name = (long ?? short)!;
    const isNot = (sign === "P") !== (not === "^");
    return `\\${isNot ? "P" : "p"}{${
      CATEGORY.test(name) ? name : `Script=${name}`
    }}`;
  }

  #class(): string {
    let source = this.#take(/\[\^?/)![0];
    // The first bracket is a letter.
    if (this.#take(/\]/) !== undefined) source += "\\]";
    while (true) {
      const named = this.#take(/\[:(\^?)(\w+):\]/);
      const escape = named === undefined
        ? this.#take(/\\(?:[pP](?:\{\^?\w+\}|\w)|x\{[0-9a-fA-F]+\}|[\s\S])/u)
        : undefined;
      if (named !== undefined) {
        const range = POSIX[named[2]!];
        if (range === undefined || named[1] === "^") {
          throw new SyntaxError("unknown class");
        }
        source += range;
      } else if (escape !== undefined) source += this.#inClass(escape[0]);
      else if (this.#take(/\]/) !== undefined) return `${source}]`;
      else {
        const letter = this.#take(/[\s\S]/u)?.[0];
        if (letter === undefined) throw new SyntaxError("open class");
        source += letter === "[" ? "\\[" : letter;
      }
    }
  }

  /** An escape in a class. */
  #inClass(escape: string): string {
    const property = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))$/.exec(escape);
    if (property !== null) return this.#property(property);
    const code = /^\\x\{([0-9a-fA-F]+)\}$/.exec(escape);
    if (code !== null) {
      const letter = String.fromCodePoint(parseInt(code[1]!, 16));
      return /[\\\]^-]/.test(letter) ? `\\${letter}` : letter;
    }
    const letter = escape.slice(1);
    if (letter === "s") return "\\t\\n\\f\\r ";
    if (letter === "a") return "\\x07";
    if (/[dDwWfnrtvSx]/.test(letter)) return escape;
    if (/\w/.test(letter)) throw new SyntaxError("unknown escape");
    return /[\\\][^-]/.test(letter) ? escape : letter;
  }
}

/** The beginning of a group with flags, of which `U` does not matter. */
function opening(on: string, off: string): string {
  const [some, none] = [on, off].map((flags) => flags.replaceAll("U", ""));
  if (!/^[ims]*$/.test(`${some}${none}`)) throw new SyntaxError("unknown flag");
  return `(?${some}${none === "" ? "" : `-${none}`}:`;
}
