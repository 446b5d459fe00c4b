/**
 * How long the rest of an escape sequence may take to arrive, in milliseconds.
 * After that, what comes next is a key of its own: only the Escape key was
 * pressed. A paste may arrive in pieces over a slow connection.
 */
export const PATIENCE_MS = { sequence: 50, paste: 1000 } as const;

/** Ctrl-C in raw mode. No sequence contains it. */
const INTERRUPT = "\x03";
const ESCAPE = "\x1b";

/** No sequence of a key is longer, in characters. */
const MAX_SEQUENCE = 64;

/** A terminal puts these around what is pasted (xterm's private mode 2004). */
const PASTE_BEGIN = "\x1b[200~";
const PASTE_END = "\x1b[201~";

/** The most that is kept of a paste, in characters. */
const MAX_PASTE = 1000;

/** Control Sequence Introducer, with parameters (ECMA-48, section 5.4). */
const CSI = /^\[[0-?]*[ -/]*$/;
/** Single Shift Three; some terminals send modifiers with it. */
const SS3 = /^O[\d;]*$/;
/** The function keys of the Linux console. */
const LINUX_CONSOLE = /^\[\[$/;
/** An X10 mouse report, which three more characters follow. */
const MOUSE = /^\[M.{0,2}$/su;
/** What ESC and the beginning of a sequence may be, before its last character. */
const INCOMPLETE = [CSI, SS3, LINUX_CONSOLE, MOUSE];

/** What begins a string that a terminal answers with: DCS, SOS, OSC, PM, APC. */
const STRINGS: readonly string[] = [..."PX]^_"].map((type) => ESCAPE + type);
/** What ends such a string: BEL, or ESC and a backslash. */
const STRING_ENDS: readonly string[] = ["\x07", "\x1b\\"];

/** The text of a key that is a paste; nothing for any other key. */
export function pastedText(key: string): string | undefined {
  return key.startsWith(PASTE_BEGIN)
    ? key.slice(PASTE_BEGIN.length)
    : undefined;
}

/**
 * Splits what a terminal sends into keys. A key is a character, or a whole
 * escape sequence: F2 is `"\x1bOQ"` and not a "Q". The Escape key is one that
 * nothing follows for a while. A paste between the marks of bracketed paste is
 * one key, which {@linkcode pastedText} reads.
 */
export class KeyParser {
  readonly #decoder = new TextDecoder();
  /** The sequence so far; its last characters only, of a paste or a string. */
  #sequence = "";
  #pasted = "";
  #type: "none" | "sequence" | "string" | "paste" = "none";
  #lastMs = -Infinity;

  /**
   * Gives the keys that are complete with these bytes. The parser keeps what is
   * incomplete for the next call. `nowMs` is the time of a monotonic clock.
   */
  push(bytes: Uint8Array, nowMs: number): string[] {
    const patienceMs =
      PATIENCE_MS[this.#type === "paste" ? "paste" : "sequence"];
    const keys = nowMs - this.#lastMs > patienceMs ? this.rest() : [];
    this.#lastMs = nowMs;
    for (const character of this.#decoder.decode(bytes, { stream: true })) {
      const key = this.#take(character);
      if (key !== undefined) keys.push(key);
    }
    return keys;
  }

  /** Whether it waits to see if only the Escape key was pressed. */
  get isWaiting(): boolean {
    return this.#type === "sequence" && this.#sequence === ESCAPE;
  }

  /** Waits no longer for the rest of a sequence. It gives the Escape key, if any. */
  rest(): string[] {
    const keys = this.isWaiting ? [ESCAPE] : [];
    this.#reset();
    return keys;
  }

  #reset(): void {
    this.#sequence = "";
    this.#pasted = "";
    this.#type = "none";
  }

  /** Takes one character, and gives a key if it completes one. */
  #take(character: string): string | undefined {
    switch (this.#type) {
      case "none":
        if (character !== ESCAPE) return character;
        this.#sequence = character;
        this.#type = "sequence";
        return undefined;
      case "paste":
        return this.#takeOfPaste(character);
      case "string":
        if (character === INTERRUPT) return this.#end(character);
        this.#sequence = (this.#sequence + character).slice(-2);
        if (STRING_ENDS.some((end) => this.#sequence.endsWith(end))) {
          this.#reset();
        }
        return undefined;
      case "sequence":
        return this.#takeOfSequence(character);
      default:
        return this.#type satisfies never;
    }
  }

  #takeOfPaste(character: string): string | undefined {
    this.#sequence = (this.#sequence + character).slice(-PASTE_END.length);
    if (this.#pasted.length < MAX_PASTE) this.#pasted += character;
    if (this.#sequence !== PASTE_END) return undefined;
    return this.#end(PASTE_BEGIN + this.#pasted.split(ESCAPE, 1));
  }

  #takeOfSequence(character: string): string | undefined {
    if (character === INTERRUPT) return this.#end(character);
    // The one before is incomplete, or was the Escape key.
    if (character === ESCAPE) {
      this.#sequence = ESCAPE;
      return undefined;
    }
    this.#sequence += character;
    const sequence = this.#sequence;
    if (STRINGS.includes(sequence)) {
      this.#type = "string";
      return undefined;
    }
    const rest = sequence.slice(ESCAPE.length);
    const isIncomplete = sequence.length < MAX_SEQUENCE &&
      INCOMPLETE.some((pattern) => pattern.test(rest));
    if (isIncomplete) return undefined;
    if (sequence !== PASTE_BEGIN) return this.#end(sequence);
    this.#type = "paste";
    return undefined;
  }

  #end(key: string): string {
    this.#reset();
    return key;
  }
}
