import { SECTIONS } from "../../agent/sections.ts";
import { ConfigError } from "../../config/error.ts";
import { loadConfigText } from "../../config/load.ts";
import { readConfig } from "../../config/files/read.ts";
import type { Say } from "../../core/say.ts";
import { closest, listed } from "../../core/text.ts";
import { FORMATS, importChecks } from "../../import/formats.ts";
import type { ImportOptions, Runtime, Source } from "../../import/options.ts";
import type { Format } from "../../import/recognise.ts";
import { isGranted } from "../../io/permission_flags.ts";
import { readCapped } from "../../io/read.ts";
import { oneOf, type OptionValue, parse } from "../args.ts";
import { yamlFilesOf } from "../yaml_files.ts";
import { askedLogFormat, type Log, logFormatOf, withLog } from "../log.ts";
import { hasScreen } from "../terminal/terminal.ts";
import { EXIT, UsageError } from "../usage.ts";

/** The largest input from stdin. */
const MAX_BYTES = 10 * 1024 * 1024;

/** What `lifesign import --help` says. */
export const help =
  `Prints the health checks of other programs' files as a config file.

Usage: lifesign import [OPTIONS] FORMAT FILE…

  blackbox    the modules of blackbox_exporter, and the config files of
              Prometheus with the jobs that use them
  compose     the healthchecks of Compose files, later files over earlier ones
  gatus       the endpoints of config files of Gatus
  kubernetes  the probes of Kubernetes manifests, one document or many
  kuma        the monitors of backups of Uptime Kuma (JSON)
  zlayer      the health checks of ZLayer deployments

FILE may be - for stdin, or a folder with YAML files. Comments say where each
check comes from. Warnings on stderr say what was left out or changed.

Options:
  --run           Run the checks instead, as lifesign run does; SIGHUP imports
                  the files again
  --log FORMAT    With --run: text, or json for programs
  --native        compose: replace well-known tests (curl, wget, nc,
                  pg_isready, redis-cli ping) by probes of their published
                  ports
  --exec RUNTIME  compose: what runs the other tests in their containers:
                  docker, podman or nerdctl, or none to run them on this
                  machine [default: docker]
  --project NAME  compose: the project, for the names of the containers
  --address HOST  The host of published ports and pods [default: 127.0.0.1]
  --help          Print this help

Variables in Compose files come from the environment and from the file .env
beside the first file, as far as Deno allows to read them. Those in files of
Gatus stay variables.

Exit codes:
  0  there are checks, and perhaps warnings
  1  there is nothing to import
  2  a file or the command line is wrong

Examples:
  lifesign import compose compose.yaml >lifesign.yaml
  lifesign import compose --native compose.yaml compose.prod.yaml
  kubectl get deploy -o yaml | lifesign import kubernetes -
  lifesign import zlayer --run deployment.zlayer.yml
  lifesign import gatus config/config.yaml >lifesign.yaml
`;

/** Imports files of a format. */
export async function run(args: readonly string[]): Promise<number> {
  return await withLog(
    askedLogFormat(args),
    "import",
    (log) => importWith(log, args),
  );
}

async function importWith(
  log: Log,
  args: readonly string[],
): Promise<number> {
  const { values, positionals } = parse(args, {
    run: { type: "boolean" },
    log: { type: "string" },
    native: { type: "boolean" },
    exec: { type: "string" },
    project: { type: "string" },
    address: { type: "string" },
  });
  const [name, ...files] = positionals;
  const format = formatOf(name);
  if (files.length === 0) {
    throw new UsageError("Expected a FILE, or - for stdin");
  }
  const runtimes: [Runtime, ...Runtime[]] = [
    "docker",
    "podman",
    "nerdctl",
    "none",
  ];
  const options: ImportOptions = {
    ...ACCESS,
    address: addressOf(values.address),
    exec: oneOf("exec", values.exec, runtimes),
    native: values.native === true,
    ...(typeof values.project === "string" && { project: values.project }),
  };
  if (files.filter((file) => file === "-").length > 1) {
    throw new UsageError("Expected - only once");
  }
  if (values.log !== undefined && values.run !== true) {
    throw new UsageError("--log goes with --run");
  }
  const sources = sourcesOf(files);
  const logFormat = logFormatOf(values.log);
  const load = async (): Promise<string> =>
    await imported(format, await sources(), { ...options, say: log.say });
  try {
    if (values.run !== true) {
      console.log((await load()).trimEnd());
      return EXIT.ok;
    }
    const { runAgent } = await import("./run.ts");
    // SIGHUP imports the files again.
    return await runAgent(
      async () => await loadConfigText(await load(), SECTIONS),
      {
        log,
        isLive: logFormat === undefined && hasScreen(),
      },
    );
  } catch (error) {
    if (!(error instanceof NothingError)) throw error;
    log.say(error.message, "error");
    return EXIT.failure;
  }
}

/** There is nothing to import. */
class NothingError extends Error {}

/** The imported config. Says what was left out or changed. */
async function imported(
  format: Format,
  sources: readonly Source[],
  { say, ...options }: ImportOptions & { readonly say: Say },
): Promise<string> {
  const { text, warnings } = await importChecks(format, sources, options);
  for (const warning of warnings) say(warning);
  if (text !== undefined) return text;
  const names = sources.map(({ name }) => name).join(", ");
  throw new NothingError(`${names}: nothing to import`);
}

/** Options for an import that only looks whether there is something. */
export function importOptions(): ImportOptions {
  return {
    ...ACCESS,
    address: DEFAULT_ADDRESS,
    exec: "docker",
    native: false,
    env: ACCESS.optionalEnv,
  };
}

const DEFAULT_ADDRESS = "127.0.0.1";

/** What an import reads from this process and its files. */
const ACCESS: Pick<
  ImportOptions,
  "env" | "optionalEnv" | "read" | "readOptional" | "folder"
> = {
  env: (name) => Deno.env.get(name),
  optionalEnv: (variable) =>
    isGranted({ name: "env", variable }) ? Deno.env.get(variable) : undefined,
  read: readConfig,
  async readOptional(path) {
    if (!isGranted({ name: "read", path })) return undefined;
    try {
      return await readConfig(path);
    } catch (error) {
      if (error instanceof ConfigError) return undefined;
      throw error;
    }
  },
  folder() {
    try {
      return Deno.cwd();
    } catch {
      return undefined;
    }
  },
};

function formatOf(name: string | undefined): Format {
  const found = FORMATS.find((format) => format === name);
  if (found !== undefined) return found;
  const expected = `Expected ${listed(FORMATS, "or")}`;
  if (name === undefined) throw new UsageError(`${expected}, got nothing`);
  const meant = closest(name, FORMATS);
  throw new UsageError(
    `${expected}, got ${JSON.stringify(name)}` +
      (meant === undefined ? "" : `; did you mean ${meant}?`),
  );
}

function addressOf(value: OptionValue): string {
  if (typeof value !== "string") return DEFAULT_ADDRESS;
  const address = value.replace(/^\[(.*)\]$/, "$1");
  if (/^[^\s/@?#\\[\]]+$/.test(address)) return address;
  throw new UsageError(
    `--address: expected a host such as localhost or ::1, got ${
      JSON.stringify(value)
    }`,
  );
}

/** Reads the files each time it is called; stdin can be read only once. */
function sourcesOf(files: readonly string[]): () => Promise<Source[]> {
  let piped: Promise<Source> | undefined;
  return async () => {
    const found = await Promise.all(
      files.map((file) => file === "-" ? [file] : yamlFilesOf(file)),
    );
    return await Promise.all(
      found.flat().map(async (file) =>
        file === "-"
          ? await (piped ??= stdin())
          : { name: file, path: file, text: await readConfig(file) }
      ),
    );
  };
}

async function stdin(): Promise<Source> {
  const { bytes, truncated } = await readCapped(Deno.stdin.readable, {
    maxBytes: MAX_BYTES,
  });
  if (truncated) throw wrong("expected at most 10 MiB, got more");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { name: "stdin", text };
  } catch {
    throw wrong("expected UTF-8, got other bytes");
  }
}

function wrong(message: string): ConfigError {
  return new ConfigError("stdin", [{ path: "", message }]);
}
