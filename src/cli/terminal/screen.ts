import { monotonicTime } from "../../io/clock.ts";
import { patience, sleep } from "../../io/sleep.ts";
import { KeyParser, PATIENCE_MS } from "./keys.ts";
import type { Size } from "./terminal.ts";

/** Without a cursor, and with one. */
const HIDE = "\x1b[?25l";
const SHOW = "\x1b[?25h";

/**
 * The alternate screen, without a cursor, with marks around what is pasted, and
 * without lines that wrap: not every terminal gives a character the width that
 * we expect (xterm's "Control Sequences", private modes 1049, 25, 2004 and 7).
 */
const ENTER = `\x1b[?1049h${HIDE}\x1b[?2004h\x1b[?7l`;
const LEAVE = `\x1b[?7h\x1b[?2004l\x1b[?1049l${SHOW}`;

/** A terminal shows what is between them at once (private mode 2026). */
const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";

/** How long to wait at the end for a terminal that accepts no output. */
const LAST_WORDS_MS = 500;

/** The events before a program ends by itself. */
const ENDS = ["unload", "error", "unhandledrejection"] as const;

const encoder = new TextEncoder();

/** The whole terminal, until it is restored. */
export class Screen implements AsyncDisposable {
  readonly #abandon = (): void => this.#leaveNow();
  #writing: Promise<void>;
  #shown = "";
  #left = false;

  /** Takes the terminal. It is restored however the program ends. */
  constructor() {
    for (const end of ENDS) addEventListener(end, this.#abandon);
    Deno.stdin.setRaw(true);
    this.#writing = write(ENTER);
  }

  /**
   * Takes the terminal again once the process was stopped and goes on: a shell
   * had it meanwhile.
   */
  retake(): void {
    this.#setRaw(true);
    this.#shown = "";
    void this.#write(ENTER);
  }

  /**
   * Replaces the lines on the screen, and waits until the terminal has accepted
   * them. Does nothing if they are the same. The cursor is shown in a column
   * of the last line, if one is given.
   */
  async draw(
    lines: readonly string[],
    { columns, rows }: Size,
    cursor?: number,
  ): Promise<void> {
    const text = lines.map((line) => `${line}\x1b[K`).join("\r\n") + "\x1b[J" +
      (cursor === undefined ? "" : `\x1b[${cursor + 1}G${SHOW}`);
    // After a resize, the terminal may show something else.
    const shown = `${columns} ${rows} ${text}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    await this.#write(`${BEGIN}${HIDE}\x1b[H${text}${END}`);
  }

  /**
   * Calls back with each key that is pressed, until it returns `false`. Waits for
   * ever without a terminal.
   */
  async readKeys(onKey: (key: string) => boolean): Promise<void> {
    const parser = new KeyParser();
    const buffer = new Uint8Array(1024);
    while (true) {
      const more = new AbortController();
      if (parser.isWaiting) {
        void sleep(PATIENCE_MS.sequence, more.signal).then(() => {
          if (!more.signal.aborted) parser.rest().every(onKey);
        });
      }
      const count = await Deno.stdin.read(buffer).catch(() => null);
      more.abort();
      if (count === null) return await new Promise(() => {});
      const pressed = parser.push(buffer.subarray(0, count), monotonicTime());
      if (!pressed.every(onKey)) return;
    }
  }

  /** Restores the terminal. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    for (const end of ENDS) removeEventListener(end, this.#abandon);
    await patience(this.#write(LEAVE), LAST_WORDS_MS);
    this.#setRaw(false);
  }

  /** Restores the terminal without waiting. */
  #leaveNow(): void {
    if (this.#left) return;
    this.#left = true;
    try {
      Deno.stdout.writeSync(encoder.encode(LEAVE));
    } catch {
      // It is gone.
    }
    this.#setRaw(false);
  }

  /** Writes after what is being written. */
  #write(text: string): Promise<void> {
    return this.#writing = this.#writing.then(() => write(text));
  }

  #setRaw(isRaw: boolean): void {
    try {
      Deno.stdin.setRaw(isRaw);
    } catch {
      // It is gone.
    }
  }
}

/**
 * Writes to the terminal. It is asynchronous since a terminal that accepts
 * nothing, such as one of a dead connection, must not block the attempts.
 */
async function write(text: string): Promise<void> {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) {
      bytes = bytes.subarray(await Deno.stdout.write(bytes));
    }
  } catch {
    // It is gone. A signal ends the program.
  }
}
