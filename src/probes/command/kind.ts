import { command, type CommandOptions } from "./command.ts";
import { CONTAINER_NAME } from "./container.ts";
import {
  BOOLEAN,
  described,
  NON_EMPTY_STRING,
  REGEX,
  SCALAR,
  SECRET_STRINGS,
  STRING,
  toStrings,
} from "../../schema/values.ts";
import type { Kind } from "../kind.ts";

/** Options as a config has them: numbers may take the place of strings. */
type ConfiguredCommand = Omit<CommandOptions, "env"> & {
  readonly command: string | readonly unknown[];
  readonly env?: Readonly<Record<string, unknown>>;
};

/** The kind of `command` checks. */
export const commandKind: Kind<ConfiguredCommand> = {
  make: ({ command: invocation, env, ...options }) =>
    command(
      typeof invocation === "string" ? invocation : invocation.map(String),
      env === undefined ? options : { ...options, env: toStrings(env) },
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
        description: "A string runs in sh -c, a list runs as it is",
        examples: ["pg_isready -q", ["check_disk", "-w", "20%"]],
        anyOf: [
          NON_EMPTY_STRING,
          { type: "array", items: SCALAR, minItems: 1 },
        ],
      },
      exit: {
        title: '"zero" or "nagios"',
        description: "What exit codes mean",
        enum: ["zero", "nagios"],
        default: "zero",
      },
      cwd: described(NON_EMPTY_STRING, "The folder to run in"),
      env: described(SECRET_STRINGS, "Variables to add to the environment"),
      clear_env: described(
        BOOLEAN,
        "Whether the command gets only the variables of env",
        false,
      ),
      container: {
        title: 'the name of a container such as "web"',
        description: "The container to run in, by docker exec or the like",
        type: "string",
        pattern: CONTAINER_NAME,
      },
      runtime: described(
        NON_EMPTY_STRING,
        "The program that runs commands in containers, such as podman",
        "docker",
      ),
      user: described(NON_EMPTY_STRING, "The user in the container"),
      contains: described(STRING, "A string that the output must contain"),
      contains_not: described(
        STRING,
        "A string that the output must not contain",
      ),
      matches: described(
        REGEX,
        "A regular expression that the output must match",
      ),
      matches_not: described(
        REGEX,
        "A regular expression that the output must not match",
      ),
    },
    required: ["command"],
  },
};
