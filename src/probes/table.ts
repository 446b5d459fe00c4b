import { commandKind } from "./command/kind.ts";
import { httpKind } from "./http/kind.ts";
import type { Kinds } from "./kind.ts";
import { tcpKind } from "./tcp/kind.ts";

/** The built-in kinds of probes. */
export const KINDS: Kinds = {
  tcp: tcpKind,
  http: httpKind,
  command: commandKind,
};
