import { error, fail } from "../../core/outcome.ts";
import { OptionError } from "../../core/option_error.ts";
import { oneLine } from "../../core/text.ts";
import type { Outcome } from "../../core/types.ts";

/** In which container a command runs, and as which user. */
export interface ContainerOptions {
  /**
   * The name or id of a container to run in: `docker exec NAME …`. Its `cwd`
   * and the names in its `env` are those of the container. At the deadline
   * `docker exec` is killed, but not the processes that it started inside.
   */
  container?: string;
  /**
   * The program, or its path, that runs commands in containers with the arguments
   * of `docker exec`, such as `"podman"`.
   *
   * @default {"docker"}
   */
  runtime?: string;
  /** The user in the container, as a name or `uid:gid`. */
  user?: string;
}

/** A container and its runtime. */
interface Inside {
  readonly container: string;
  readonly runtime: string;
}

/** The form of the name or id of a container. */
export const CONTAINER_NAME = "^[A-Za-z0-9][\\w.-]*$";

/** Variables that the container runtime itself reads. */
const OF_THE_RUNTIME =
  /^(?:PATH$|HOME$|XDG_|DOCKER_|CONTAINER|PODMAN_|NERDCTL_)/;

/** Where and how to run a command. */
interface Invocation extends Inside {
  readonly user?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly clearEnv?: boolean;
}

/**
 * Makes the command line that runs a command in a container. It has only the
 * names of variables, and the runtime takes their values from its own
 * environment: every user of the machine can see a command line.
 *
 * @throws {OptionError} If an option is not valid, or conflicts with another.
 */
export function inContainer(
  commandLine: readonly string[],
  { container, runtime, user, cwd, env = {}, clearEnv }: Invocation,
): [string, ...string[]] {
  const isName = typeof container === "string" &&
    new RegExp(CONTAINER_NAME).test(container);
  if (!isName) {
    throw new OptionError(
      "container",
      `expected the name of a container, got ${JSON.stringify(container)}`,
    );
  }
  for (const [option, name] of Object.entries({ runtime, user })) {
    if (name !== "") continue;
    throw new OptionError(option, "expected a name, got an empty one");
  }
  if (clearEnv) {
    throw new OptionError(
      "clearEnv",
      "expected no container with it, which has an environment of its own",
    );
  }
  const names = Object.keys(env);
  const steering = names.find((name) => OF_THE_RUNTIME.test(name));
  if (steering !== undefined) {
    throw new OptionError(
      "env",
      `expected no variable ${steering} for a container, as its runtime would follow it`,
    );
  }
  return [
    runtime,
    "exec",
    ...(cwd === undefined ? [] : ["-w", cwd]),
    ...(user === undefined ? [] : ["-u", user]),
    ...names.flatMap((name) => ["-e", name]),
    container,
    ...commandLine,
  ];
}

/** The exit code of the runtime, and the output of it and the command. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The exit codes of runtimes that could not run a command: 1 of Docker and
 * nerdctl, 125 and 255 of Podman. 126 to 128 mean that the command could not
 * start in the container.
 */
const RUNTIME_CODES: ReadonlySet<number> = new Set([
  1,
  125,
  126,
  127,
  128,
  255,
]);

/** The beginnings of messages of the runtimes, not of the command. */
const OWN_WORDS =
  /^(?:Error response from daemon: |Error: |FATA\[\d+\] |time="[^"]*" level=fatal msg="|(?=OCI runtime exec failed: ))(.*)$/m;

/** The daemon, or its socket, cannot be reached. */
const NO_DAEMON =
  /^(?:(?:cannot|failed to) connect to (?:the docker |podman)|permission denied while trying to connect to the docker |failed to initialize: unable to resolve docker |error during connect: (?:this error|in the default|get|head|post) |error: unable to connect to podman|.*(?:cannot access containerd socket|rootless containerd not running)).*/im;

const STATES: readonly (readonly [sign: RegExp, state: string])[] = [
  [/is paused|in a paused/i, "paused"],
  [/is restarting/i, "restarting"],
  [
    /is not running|on running containers|in a stopped|has stopped|no running task/i,
    "not running",
  ],
];

/** The messages of a runtime that could not start a command. */
const NOT_STARTED =
  /OCI (?:runtime|permission)|exec failed: |unable to find user/i;

/**
 * Makes the outcome of an attempt in which the runtime could not run the command.
 * A container that is not running is a failure; everything else is an error.
 * Returns `undefined` if the command ran.
 */
export function notRunInside(
  { code, stdout, stderr }: Ended,
  { container, runtime }: Inside,
): Outcome | undefined {
  if (!RUNTIME_CODES.has(code)) return undefined;
  // Docker prints on stdout that a command could not start.
  const said = stdout.trim() === "" || stdout.startsWith("OCI runtime exec ")
    ? `${stdout}\n${stderr}`
    : "";
  const [daemon] = NO_DAEMON.exec(said) ?? [];
  if (daemon !== undefined) return failedToRun(runtime, daemon);
  const [line, words = ""] = OWN_WORDS.exec(said) ?? [];
  if (line === undefined) return undefined;
  if (/no such container|no container with/i.test(words)) {
    // The command itself may report another container.
    return words.includes(container)
      ? fail({
        code: "unreachable",
        message: `There is no container ${container}`,
      })
      : undefined;
  }
  // Messages of many commands begin like this, too.
  if (code === 1 && line.startsWith("Error: ")) return undefined;
  const [, state] = STATES.find(([sign]) => sign.test(words)) ?? [];
  if (state !== undefined) {
    return fail({
      code: "unreachable",
      message: `Container ${container} is ${state}`,
    });
  }
  const isOwn = code === 125 || line.startsWith("Error response from daemon") ||
    NOT_STARTED.test(words);
  return isOwn ? failedToRun(runtime, words.replace(/"$/, "")) : undefined;
}

function failedToRun(runtime: string, words: string): Outcome {
  return error({
    code: "spawn",
    message: `Failed to run by ${runtime}: ${oneLine(words, 200)}`,
  });
}

/** The command's exit code, which nerdctl prints while it exits with 1. */
export function codeInside({ code, stderr }: Ended): number {
  const [, told] =
    /^(?:FATA\[\d+\] |time="[^"]*" level=fatal msg=")exec failed with exit code (\d+)"?$/m
      .exec(stderr) ?? [];
  return told === undefined ? code : Number(told);
}
