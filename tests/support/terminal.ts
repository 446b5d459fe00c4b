/**
 * Terminals with the program in them: real ones as far as the program can
 * tell, shown on a screen that tests can read.
 *
 * @module
 */

import xterm from "@xterm/headless";
import { commandOf, ROOT, type ScriptOptions } from "./program.ts";

/** Far longer than anything needs to appear. */
const PATIENCE_MS = 60_000;

/** How to run the program in a terminal. */
export interface TerminalOptions
  extends Pick<ScriptOptions, "args" | "flags" | "env"> {
  /** @default {"src/cli/main.ts"} */
  readonly path?: string;
  /** @default {80} */
  readonly columns?: number;
  /** @default {24} */
  readonly rows?: number;
  /** What the shell redirects, such as `</dev/null`. */
  readonly redirect?: string;
}

/** A terminal with the program in it. */
export interface RunningTerminal extends AsyncDisposable {
  /** The process in it. */
  readonly pid: number;
  /** Everything that was written to it. */
  readonly output: string;
  /** Which of its two screens is seen, the normal or the alternate one. */
  readonly screen: "normal" | "alternate";
  /** The lines that are seen. */
  readonly lines: readonly string[];
  /** Waits until what is seen matches, and gives it. */
  shows(pattern: RegExp): Promise<string>;
  /** The same of all that was written, seen or not. */
  said(pattern: RegExp): Promise<string>;
  /** Presses keys. */
  type(keys: string): Promise<void>;
  /** Changes its size. */
  resize(columns: number, rows: number): Promise<void>;
  /** Gives it the modes that a shell has. */
  reset(): Promise<void>;
  /** Takes the terminal away, as when a window is closed. */
  hangUp(): void;
  /** The exit code of the program. Rejects if it does not end in time. */
  readonly ended: Promise<number>;
}

/** A test that needs a terminal, and is ignored where none can be had. */
export function terminalTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: hasTerminals ? name : `${name} (needs script of util-linux)`,
    ignore: !hasTerminals,
    fn,
  });
}

const hasTerminals = await (async () => {
  try {
    const { stdout } = await new Deno.Command("script", {
      args: ["--version"],
    }).output();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch {
    return false;
  }
})();

/** Starts the program in a terminal. */
export async function startInTerminal(
  options: TerminalOptions,
): Promise<RunningTerminal> {
  const { columns = 80, rows = 24, env = {}, redirect = "" } = options;
  const { path = "src/cli/main.ts" } = options;
  const command = commandOf(path, options).map(quoted).join(" ");
  const line =
    `stty cols ${columns} rows ${rows}; echo $$ $(tty); exec ${command} ${redirect}`;
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", line, "/dev/null"],
    cwd: ROOT,
    env: { SHELL: "/bin/sh", TERM: "xterm", NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const display = new Display(columns, rows);
  const reading = display.read(child.stdout);
  const ended = Promise.all([child.status, reading])
    .then(([{ code }]) => code);
  const [, pid, tty] =
    /(\d+) (\/\S+)/.exec(await display.said(/\d+ \/\S+\r?\n/)) ?? [];
  const stty = async (...settings: readonly string[]): Promise<void> => {
    const args = ["-F", tty!, ...settings];
    await new Deno.Command("stty", { args }).output();
  };
  return {
    pid: Number(pid),
    get output() {
      return display.output;
    },
    get screen() {
      return display.screen;
    },
    get lines() {
      return display.lines;
    },
    shows: (pattern) => display.shows(pattern),
    said: (pattern) => display.said(pattern),
    type: (keys) => keyboard.write(new TextEncoder().encode(keys)),
    async resize(columns, rows) {
      display.resize(columns, rows);
      await stty("cols", `${columns}`, "rows", `${rows}`);
    },
    reset: () => stty("sane"),
    hangUp: () => child.kill("SIGKILL"),
    get ended() {
      return display.inTime(ended, "the program to end");
    },
    async [Symbol.asyncDispose]() {
      for (const id of [Number(pid), child.pid]) {
        try {
          Deno.kill(id, "SIGKILL");
        } catch {
          // It has ended.
        }
      }
      await ended;
      await keyboard.close().catch(() => {});
      display.close();
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What stands between these is shown when all of it is there (mode 2026). */
const FRAME = ["\x1b[?2026h", "\x1b[?2026l"] as const;

/** Shows what is written to a terminal, and no part of a frame. */
class Display {
  output = "";
  lines: readonly string[] = [];
  readonly #terminal: xterm.Terminal;
  #changed = Promise.withResolvers<boolean>();

  constructor(cols: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  }

  get screen(): "normal" | "alternate" {
    return this.#terminal.buffer.active.type;
  }

  #look(): void {
    const [begin, end] = FRAME.map((code) => this.output.lastIndexOf(code));
    if (begin! > end!) return;
    const { buffer: { active }, cols, rows } = this.#terminal;
    this.lines = Array.from({ length: rows }, (_, i) => {
      const line = active.getLine(active.viewportY + i);
      return line?.translateToString(true, 0, cols).trimEnd() ?? "";
    });
  }

  async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.output += text;
      await new Promise<void>((shown) => this.#terminal.write(text, shown));
      this.#look();
      this.#changed.resolve(true);
      this.#changed = Promise.withResolvers();
    }
    this.#changed.resolve(false);
  }

  /** Waits until what is seen matches, and gives it. */
  shows(pattern: RegExp): Promise<string> {
    return this.#until(pattern, () => this.lines.join("\n"));
  }

  /** The same of all that was written, seen or not. */
  said(pattern: RegExp): Promise<string> {
    return this.#until(pattern, () => this.output);
  }

  /** Waits for something, and says what is seen if it does not come. */
  async inTime<T>(promise: Promise<T>, what: string): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(
        new Error(`Expected ${what}, got\n${this.lines.join("\n")}`),
      );
    }, PATIENCE_MS);
    try {
      return await Promise.race([promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #until(pattern: RegExp, read: () => string): Promise<string> {
    const seen = async (): Promise<string> => {
      while (true) {
        const { promise } = this.#changed;
        const text = read();
        if (pattern.test(text)) return text;
        if (!await promise) {
          throw new Error(
            `Expected ${pattern} to be seen, got\n${this.lines.join("\n")}`,
          );
        }
      }
    };
    return this.inTime(seen(), `${pattern} to be seen`);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  close(): void {
    this.#terminal.dispose();
  }
}
