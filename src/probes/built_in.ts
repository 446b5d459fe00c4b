import { commandKind } from "./command/kind.ts";
import { httpKind } from "./http/kind.ts";
import type { Kinds } from "./kind.ts";
import { namedKinds } from "./table.ts";
import { tcpKind } from "./tcp/kind.ts";

/** The built-in kinds of probes that are always there. */
export const KINDS: Kinds = {
  tcp: tcpKind,
  http: httpKind,
  command: commandKind,
};

/**
 * Loads built-in kinds of probes by their names: `tcp`, `http` and `command`,
 * and those of the others that are named. Names of other kinds are ignored.
 *
 * Without names, it loads all of them.
 */
export async function builtInKinds(names?: Iterable<string>): Promise<Kinds> {
  return { ...KINDS, ...await namedKinds(names) };
}
