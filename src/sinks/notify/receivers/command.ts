import { missingFlag } from "../../../core/access.ts";
import type { Delivery } from "../../../core/notify/status.ts";
import { urlPasswords } from "../../../core/secrets.ts";
import { cut, oneLine } from "../../../core/text.ts";
import {
  type ProgramEnd,
  runProgram,
  SpawnError,
} from "../../../io/process/program.ts";
import { NON_EMPTY_STRING, SCALAR } from "../../../schema/values.ts";
import type { Letter, Receiver } from "../receiver.ts";
import { jsonText } from "../wire/json_text.ts";
import { letterJson } from "../wire/letter_json.ts";
import { placeholderValues } from "../wire/placeholders.ts";

/** Options of a notifier of the type `command`. */
export interface CommandOptions {
  /** A command for `sh`, or a program and its arguments. */
  readonly command: string | readonly unknown[];
}

/** Systems take 128 KiB for a variable, and 2 MiB for all of them. */
const MAX_VALUE_LENGTH = 10_000;

/**
 * Runs a command, which gets what a webhook gets on its standard input, and the most
 * of it in variables. An exit code other than 0 is a failure, and it is run again:
 * scripts end like that, too, when what they call cannot be reached.
 */
export const command: Receiver<CommandOptions> = {
  type: "command",
  properties: {
    command: {
      title: "a command, or a list of a program and its arguments",
      description:
        "What to run, with JSON on its standard input and variables such as LIFESIGN_TITLE; a string runs in sh -c, a list runs as it is",
      examples: ["./page.sh", ["logger", "-t", "lifesign"]],
      anyOf: [
        NON_EMPTY_STRING,
        { type: "array", items: SCALAR, minItems: 1 },
      ],
    },
  },
  required: ["command"],
  problems: ({ command }) =>
    [command].flat().some((word) => String(word).includes("\0"))
      ? [{ option: "command", problem: "expected no NUL characters, got one" }]
      : commandLine({ command })[0] === ""
      ? [{ option: "command", problem: "expected a program, got an empty one" }]
      : [],
  needs: (options) => [{ name: "run", command: commandLine(options)[0] }],
  secrets: (options) => commandLine(options).flatMap(urlPasswords),
  async deliver(letter, options, { signal }) {
    if (!("Deno" in globalThis)) {
      const why = "this runtime cannot run commands: only Deno can";
      return { ok: false, why, isFinal: true, mayHaveArrived: false };
    }
    const [program, ...args] = commandLine(options);
    try {
      const input = `${jsonText(letterJson(letter))}\n`;
      const env = environmentOf(letter);
      return judge(await runProgram(program, { args, env, input }, signal));
    } catch (error) {
      if (signal.aborted) return failure("it did not end in time", true);
      if (error instanceof SpawnError) {
        return failure(oneLine(error.message), false);
      }
      if (!(error instanceof Error) || error.name !== "NotCapable") throw error;
      const flag = missingFlag(error.message) ?? `--allow-run=${program}`;
      return failure(`not allowed by Deno: run with ${flag}`, false);
    }
  },
};

function commandLine({ command }: CommandOptions): [string, ...string[]] {
  return typeof command === "string"
    ? ["sh", "-c", command]
    : command.map(String) as [string, ...string[]];
}

/** The variables of a letter: what templates of webhooks have in braces. */
function environmentOf(letter: Letter): Record<string, string> {
  return Object.fromEntries(
    Object.entries(placeholderValues(letter)).map(([name, value]) => [
      `LIFESIGN_${name.toUpperCase()}`,
      cut(value.replaceAll("\0", ""), MAX_VALUE_LENGTH),
    ]),
  );
}

function judge({ code, signal, stdout, stderr }: ProgramEnd): Delivery {
  const how = signal === null ? `exit code ${code}` : `killed by ${signal}`;
  const isOk = signal === null && code === 0;
  const line = [...(isOk ? [] : [stderr]), stdout].join("\n").split("\n")
    .find((line) => line.trim() !== "");
  const said = line === undefined
    ? how
    : `${how}: ${JSON.stringify(oneLine(line, 200))}`;
  return isOk ? { ok: true, answer: said } : failure(said, true);
}

function failure(why: string, mayHaveArrived: boolean): Delivery {
  return { ok: false, why, isFinal: false, mayHaveArrived };
}
