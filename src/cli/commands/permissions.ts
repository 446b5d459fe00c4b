import { shellQuoted } from "../../core/text.ts";
import { fileOf, parse } from "../args.ts";
import { flagsOf } from "../../io/permission_flags.ts";
import { needsOf } from "../../agent/needs.ts";
import { EXIT } from "../usage.ts";

/** What `lifesign permissions --help` says. */
export const help = `Prints the least Deno flags that the agent of a file needs.

Usage: lifesign permissions [OPTIONS] [FILE]

FILE is lifesign.yaml unless it is given. The flags are one line for a shell:
those of all checks, the address of the HTTP app, the file itself, its plugins,
the files of its state, the variables in it, LIFESIGN_TOKEN unless it has a
token, and the variables that its kinds of checks read, such as those that may
name a proxy for http. This command itself needs the file, its plugins and its
variables, and no more.

To notice by itself that the file changed, the agent has to read the folder of
it, too; without that, SIGHUP tells it.

What the flags cannot tell:
  - A check with "redirect: follow" also needs --allow-net for every other host
    that it is led to, which is not known before.
  - A host is allowed by its name as the file has it, whatever address that
    comes to. To resolve it takes no permission.
  - A program is allowed with any arguments, and what it does itself, Deno does
    not see: sh may do everything. Without sh among them, of a command that
    runs too long, only the process itself is ended, and not those it started.
  - A plugin that imports other local files also needs --allow-read for these,
    and one that imports from other hosts --allow-import for those.
  - They hold for the values that the variables have now.

lifesign run --strict refuses to start if Deno allows everything of a kind: all
of env, ffi, import, net, read, run, sys or write, or / to read or write. What
else is allowed by its name, it cannot find out.

Options:
  --json  An object of flags and of permissions, as Deno describes them
  --help  Print this

Examples:
  lifesign permissions
  lifesign permissions /etc/lifesign.yaml --json | jq -r '.flags[]'
`;

/** Prints what the agent of a file needs. */
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
