import type { Writable } from "node:stream";
import { format, inspect } from "node:util";
import type { Level, Say } from "../core/say.ts";
import { oneLine } from "../core/text.ts";
import type { Snapshot } from "../core/types.ts";
import { wallTime } from "../io/clock.ts";
import { oneOf, type OptionValue, valueOf } from "./args.ts";
import { explain } from "./explain.ts";
import { painted } from "./terminal/style.ts";
import { EXIT } from "./usage.ts";

/** The formats of a log. */
export type LogFormat = "text" | "json";

/** The value of `--log`, if it has one. */
export function logFormatOf(value: OptionValue): LogFormat | undefined {
  return value === undefined
    ? undefined
    : oneOf<LogFormat>("log", value, ["text", "json"]);
}

/** The format of a log that a command line asks for, even if it is wrong. */
export function askedLogFormat(args: readonly string[]): LogFormat | undefined {
  return valueOf("log", args) === "json" ? "json" : undefined;
}

/** What an agent writes: changes of status to stdout, all else to stderr. */
export interface Log {
  /** Writes a message; the fields are only in the JSON format. */
  readonly say: (...args: [...Parameters<Say>, fields?: Fields]) => void;
  /** Writes an error that concerns nobody else. */
  readonly error: (error: unknown) => void;
  /** Writes a change of status. */
  readonly transition: (snapshot: Snapshot, previous: Snapshot) => void;
}

/** What is known about a message besides its words. */
type Fields = Readonly<Record<string, unknown>>;

/** A log for people. */
export const textLog: Log = {
  say(message, level) {
    const prefix = level === "warn" ? "warning: " : "";
    console.error(`lifesign: ${prefix}${message}`);
  },
  error: (error) => console.error("lifesign:", error),
  transition({ id, status, since, reason }, previous) {
    console.log(
      `${since.toISOString()} ${oneLine(id)} ${previous.status} -> ${
        painted(status, status)
      }${reason === null ? "" : `: ${reason.message}`}`,
    );
  },
};

/**
 * A log for programs: each line is a JSON object. Those on stdout are changes of
 * status; those on stderr have `time`, `level` and `message`, and more fields.
 */
class JsonLog implements Log {
  readonly #console = { ...console };

  readonly say: Log["say"] = (message, level = "info", fields) =>
    this.#console.error(
      JSON.stringify({
        time: new Date(wallTime()),
        level,
        message,
        ...fields,
      }),
    );

  readonly error: Log["error"] = (error) =>
    error instanceof Error
      ? this.say(`${error.name}: ${error.message}`, "error", {
        stack: error.stack,
      })
      : this.say(inspect(error), "error");

  readonly transition: Log["transition"] = (snapshot, previous) => {
    const { id, group, type, target, status, since } = snapshot;
    this.#console.log(
      JSON.stringify({
        time: since,
        id,
        group,
        type,
        target,
        from: previous.status,
        to: status,
        reason: snapshot.reason,
        durationMs: snapshot.durationMs,
      }),
    );
  };

  /** Writes what others write to the console, such as plugins, as messages. */
  async capture(): Promise<Disposable> {
    const { Console } = await import("node:console");
    const { default: process } = await import("node:process");
    const at = (level: Level) => (...args: unknown[]): void =>
      this.say(format(...args), level);
    const [info, warn, error] = [at("info"), at("warn"), at("error")];
    // For the methods that draw tables, count, measure and so on.
    const others = new Console({
      stdout: await writableOf(info),
      stderr: await writableOf(error),
    });
    Object.assign(console, others, {
      log: info,
      info,
      debug: info,
      warn,
      error,
    });
    // Such as console.timeEnd() of a timer that there is not.
    const listeners = process.listeners("warning");
    process.removeAllListeners("warning");
    const onWarning = ({ name, message }: Error): void =>
      warn("%s: %s", name, message);
    process.on("warning", onWarning);
    return {
      [Symbol.dispose]: () => {
        Object.assign(console, this.#console);
        process.off("warning", onWarning);
        for (const listener of listeners) process.on("warning", listener);
      },
    };
  }
}

/** A stream whose chunks are messages. */
async function writableOf(
  write: (format: string, text: string) => void,
): Promise<Writable> {
  const { Writable } = await import("node:stream");
  return new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done): void {
      write("%s", String(chunk).replace(/\n$/, ""));
      done();
    },
  });
}

/**
 * Runs a command with a log. In the JSON format, all that would be printed
 * otherwise, even an error that ends the program, is an object, too.
 */
export async function withLog(
  logFormat: LogFormat | undefined,
  command: string,
  body: (log: Log) => Promise<number>,
): Promise<number> {
  if (logFormat !== "json") return await body(textLog);
  const log = new JsonLog();
  using _captured = await log.capture();
  const end = (event: Event, error: unknown): void => {
    event.preventDefault();
    log.error(error);
    Deno.exit(EXIT.failure);
  };
  addEventListener("error", (event) => end(event, event.error));
  addEventListener("unhandledrejection", (event) => end(event, event.reason));
  try {
    return await body(log);
  } catch (error) {
    const { message, code } = explain(error, command);
    log.say(message, "error");
    return code;
  }
}
