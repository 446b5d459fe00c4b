import { shellQuoted } from "../../core/text.ts";
import { fileOf, parse } from "../args.ts";
import { flagsOf } from "../../io/permission_flags.ts";
import { needsOf } from "../../agent/needs.ts";
import { EXIT } from "../usage.ts";

/** What `lifesign permissions --help` says. */
export const help =
  `Prints the fewest permissions, as Deno flags, that lifesign run needs for a
config file.

Usage: lifesign permissions [OPTIONS] [FILE]

FILE is lifesign.yaml by default. The flags are one line for a shell. They
allow what the checks and the notifiers need, the address of the HTTP app, the
file itself, its plugins, its history, the variables in it, LIFESIGN_TOKEN
unless it has a token, and the variables that its kinds of checks read, such as
the proxy variables for http. This command itself needs the file, its plugins
and its variables.

To notice changes of the file at once, the agent also needs to read its folder.
Without that, it notices them within two seconds.

Limits:
  - A check with "redirect: follow" also needs --allow-net for every other host
    that it is redirected to. They are not known in advance.
  - A host is allowed by its name in the file, whatever address it resolves to.
    To resolve it needs no permission.
  - A program is allowed with any arguments, and Deno does not restrict what it
    does: sh may do everything. If sh is not allowed, the deadline of a command
    ends its process, but not the processes that it started.
  - A plugin that imports other local files also needs --allow-read for them,
    and one that imports from other hosts needs --allow-import for those.
  - The flags are for the current values of the variables.

lifesign run --strict refuses to start if Deno allows everything of a kind: all
of env, ffi, import, net, read, run, sys or write, or / to read or write. It
cannot find out what else is allowed by name.

Options:
  --json  Print an object with the flags, and with the permissions as Deno
          describes them
  --help  Print this help

Examples:
  lifesign permissions
  lifesign permissions /etc/lifesign.yaml --json | jq -r '.flags[]'
`;

/** Prints the permissions that the agent of a file needs. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parse(args, { json: { type: "boolean" } });
  const permissions = await needsOf(fileOf(parsed));
  const flags = flagsOf(permissions);
  console.log(
    parsed.values.json === true
      ? JSON.stringify({ flags, permissions }, null, 2)
      : flags.map(shellQuoted).join(" "),
  );
  return EXIT.ok;
}
