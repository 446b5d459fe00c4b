import { oneLine, shellQuoted } from "../../core/text.ts";
import { isGranted } from "../../io/permission_flags.ts";
import { VERSION } from "../../version.ts";
import { DEFAULT_FILE, fileOf, parse } from "../args.ts";
import { EXIT, UsageError } from "../usage.ts";

/** What `lifesign init --help` says. */
export const help = `Writes a small config file to start from.

Usage: lifesign init [FILE]

FILE is lifesign.yaml by default. A file that exists is never overwritten.

It also looks in the current folder, in k8s, kubernetes, manifests and deploy
for files with health checks of blackbox_exporter, Compose, Gatus, Kubernetes
or ZLayer, and prints the command that imports them.

It needs --allow-write=FILE, and --allow-read=. to look for such files.

Options:
  --help  Print this help

Exit codes:
  0  the file was written
  2  the file exists or cannot be written, or the command line is wrong

Examples:
  lifesign init
  lifesign init /etc/lifesign.yaml
`;

/** Writes a config file to start from. */
export async function run(args: readonly string[]): Promise<number> {
  const file = fileOf(parse(args, {}));
  if (file === "") {
    throw new UsageError("Expected the name of a file, got an empty one");
  }
  await writeNew(file, template());
  console.log(
    `Wrote ${oneLine(file)}. Change its checks, and then try and run them:\n`,
  );
  const end = file.startsWith("-") ? "-- " : "";
  const argument = file === DEFAULT_FILE ? "" : ` ${end}${shellQuoted(file)}`;
  for (const command of ["check", "run"]) {
    console.log(`  lifesign ${command}${argument}`);
  }
  const { importOptions } = await import("./import.ts");
  const { findImportable } = await import("../importable.ts");
  const found = await findImportable(importOptions());
  if (found === undefined) {
    console.error(
      "lifesign: did not look for files to import: run with --allow-read=.",
    );
  }
  if (found === undefined || found.length === 0) return EXIT.ok;
  const { importCommand } = await import("../../import/formats.ts");
  for (const { format, files } of found) {
    const [verb, them] = files.length === 1 ? ["has", "it"] : ["have", "them"];
    const names = files.map((name) => oneLine(name)).join(", ");
    console.log(
      `\n${names} ${verb} health checks. To use ${them} instead:\n\n` +
        `  ${importCommand(format, files)} >${shellQuoted(file)}`,
    );
  }
  return EXIT.ok;
}

/** @throws {UsageError} If the file exists or cannot be written. */
async function writeNew(file: string, text: string): Promise<void> {
  // Deno does not ask for it on a terminal: the answer would be for this once.
  if (!isGranted({ name: "write", path: file })) {
    throw new UsageError(
      `${oneLine(file)}: not allowed by Deno: run with --allow-write=${
        shellQuoted(file)
      }`,
    );
  }
  try {
    await Deno.writeTextFile(file, text, { createNew: true });
  } catch (cause) {
    throw new UsageError(`${oneLine(file)}: ${whyNotWritten(cause)}`, {
      cause,
    });
  }
}

function whyNotWritten(error: unknown): string {
  if (error instanceof Deno.errors.AlreadyExists) {
    return "the file exists, and is not overwritten";
  }
  if (error instanceof Deno.errors.NotFound) return "no such folder";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the file may not be written";
  }
  // "Read-only file system (os error 30): writefile 'lifesign.yaml'"
  return (error as Error).message.replace(/: writefile '.*'$/s, "");
}

/** The config file: it is valid as it is, and with any comment removed. */
function template(): string {
  return `\
# yaml-language-server: $schema=https://jsr.io/@lifesign/lifesign/${VERSION}/schema.json

# Where the status page, the JSON and the metrics are served; false: nowhere.
listen: 127.0.0.1:8686

# Whom to tell when a check fails, by Slack, e-mail, a pager or others, and a file
# that keeps what was told, and the past of the checks.
# notify: { team: { type: log } }
# history: lifesign.db

# The defaults of all checks.
defaults:
  interval: 30s
  timeout: 5s
  # retries: 3          # failures in a row until a check is unhealthy
  # rise: 1             # passes in a row until it is healthy again
  # start_period: 1m    # failures before the first pass do not count

checks:
  # Passes if the answer is a 2xx.
  web:
    type: http
    url: http://localhost:8080/health
    # group: edge
    # status: [200, 204]
    # contains: ok
    # latency: { warn: 500ms, fail: 2s }
    # headers: { authorization: "Bearer \${WEB_TOKEN:-secret}" }

  # Passes if it accepts a connection.
  postgres:
    type: tcp
    host: localhost
    port: 5432
    # interval: 10s

  # Passes if the exit code is 0: here, if the disk is not nearly full.
  disk:
    type: command
    command: df -P / | awk 'NR == 2 { exit ($5 + 0 > 90) }'
    # env: { LANG: C }
    # interval: 5m
`;
}
