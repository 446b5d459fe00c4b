import { commandKind } from "./command/kind.ts";
import { httpKind } from "./http/kind.ts";
import type { Kind } from "./kind.ts";
import { tcpKind } from "./tcp.ts";

/** The kinds of probes that a config file can name, by their `type`. */
export const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["tcp", tcpKind],
  ["http", httpKind],
  ["command", commandKind],
]);
