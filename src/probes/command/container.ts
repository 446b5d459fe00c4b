import { error, fail } from "../../core/outcome.ts";
import { OptionError } from "../../core/option_error.ts";
import { oneLine } from "../../core/text.ts";
import type { Outcome } from "../../core/types.ts";

/** Where and as whom a command runs that does not run here. */
export interface ContainerOptions {
  /**
   * The name or id of a container to run in: `docker exec NAME …`. Its `cwd`
   * and the names in its `env` are those of the container. At the deadline
   * `docker exec` is ended, which does not end what it started inside.
   */
  container?: string;
  /**
   * The program that runs commands in containers as `docker exec` does, such as
   * `"podman"`, or its path.
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

/** What a container may be named, or the id of one. */
export const CONTAINER_NAME = "^[A-Za-z0-9][\\w.-]*$";

/** Variables that the runtime itself would follow. */
const OF_THE_RUNTIME =
  /^(?:PATH$|HOME$|XDG_|DOCKER_|CONTAINER|PODMAN_|NERDCTL_)/;

/** Where to run, and what would hold without a container, too. */
interface Invocation extends Inside {
  readonly user?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly clearEnv?: boolean;
}

/**
 * Makes the command line that has a container's runtime run another one
 * inside. Variables are named in it and have their values from the runtime's
 * own environment: a command line is there for everyone to see.
 *
 * @throws {OptionError} If an option is not valid, or not with another one.
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

/** What the runtime exited with, and what it and the command printed. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The exit codes of runtimes that could not run a command: Docker's and
 * nerdctl's is 1, Podman's 125 and 255; 126 to 128 are for what they could not
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

/** How they begin what they say of themselves, and not of the command. */
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

/** What a runtime says of a command it was not able to start. */
const NOT_STARTED =
  /OCI (?:runtime|permission)|exec failed: |unable to find user/i;

/**
 * What a runtime says of itself or of the container, if it did not get to run
 * the command there: a container that is not up has failed, and whatever else
 * keeps us from looking is an error. Nothing if it is the command's own result.
 */
export function notRunInside(
  { code, stdout, stderr }: Ended,
  { container, runtime }: Inside,
): Outcome | undefined {
  if (!RUNTIME_CODES.has(code)) return undefined;
  // Docker's daemon says on stdout what it could not start.
  const said = stdout.trim() === "" || stdout.startsWith("OCI runtime exec ")
    ? `${stdout}\n${stderr}`
    : "";
  const [daemon] = NO_DAEMON.exec(said) ?? [];
  if (daemon !== undefined) return failedToRun(runtime, daemon);
  const [line, words = ""] = OWN_WORDS.exec(said) ?? [];
  if (line === undefined) return undefined;
  if (/no such container|no container with/i.test(words)) {
    // Of another one the command may speak.
    return words.includes(container)
      ? fail({
        code: "unreachable",
        message: `There is no container ${container}`,
      })
      : undefined;
  }
  // So begin words of many a command, too.
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

/** The command's exit code, which nerdctl only tells of, and exits with 1. */
export function codeInside({ code, stderr }: Ended): number {
  const [, told] =
    /^(?:FATA\[\d+\] |time="[^"]*" level=fatal msg=")exec failed with exit code (\d+)"?$/m
      .exec(stderr) ?? [];
  return told === undefined ? code : Number(told);
}
