import { command, type CommandOptions } from "./command.ts";
import { CONTAINER_NAME } from "./container.ts";
import {
  BOOLEAN,
  described,
  NON_EMPTY_TEXT,
  REGEX,
  SCALAR,
  TEXT,
  TEXTS,
  toTexts,
} from "../../schema/values.ts";
import type { Kind } from "../kind.ts";

/** Options as a config has them: numbers may stand for texts. */
type ConfiguredCommand = Omit<CommandOptions, "env"> & {
  readonly command: string | readonly unknown[];
  readonly env?: Readonly<Record<string, unknown>>;
};

/** The `command` checks of a config file. */
export const commandKind: Kind<ConfiguredCommand> = {
  make: ({ command: invocation, env, ...options }) =>
    command(
      typeof invocation === "string" ? invocation : invocation.map(String),
      env === undefined ? options : { ...options, env: toTexts(env) },
    ),
  target: {
    prefixes: ["exec:"],
    forms: ["exec:COMMAND"],
    parse: (target) => ({ command: target.slice("exec:".length) }),
    format: (target) => `exec:${target}`,
  },
  schema: {
    properties: {
      command: {
        title: "a command, or a list of a program and its arguments",
        description: "A text runs under sh -c, a list as it is",
        examples: ["pg_isready -q", ["check_disk", "-w", "20%"]],
        anyOf: [
          NON_EMPTY_TEXT,
          { type: "array", items: SCALAR, minItems: 1 },
        ],
      },
      exit: {
        title: '"zero" or "nagios"',
        description: "What exit codes mean",
        enum: ["zero", "nagios"],
        default: "zero",
      },
      cwd: described(NON_EMPTY_TEXT, "The folder to run in"),
      env: described(TEXTS, "Variables to add to the environment"),
      clear_env: described(BOOLEAN, "Whether to give it only these", false),
      container: {
        title: 'the name of a container such as "web"',
        description: "The container to run in, by docker exec",
        type: "string",
        pattern: CONTAINER_NAME,
      },
      runtime: described(
        NON_EMPTY_TEXT,
        "The program that runs commands in containers, such as podman",
        "docker",
      ),
      user: described(NON_EMPTY_TEXT, "The user in the container"),
      contains: described(TEXT, "What its output should contain"),
      matches: described(REGEX, "What its output should match"),
    },
    required: ["command"],
  },
};
