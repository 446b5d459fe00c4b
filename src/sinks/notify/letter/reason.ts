import { oneLine } from "../../../core/text.ts";
import type { Reason } from "../../../core/types.ts";

const MAX_LENGTH = 140;

/**
 * A reason as it stands beside the name of its check. What such a name as
 * `tcp://10.0.0.5:443` says already is left out, or is `it`.
 */
export function reasonBeside(name: string, { message }: Reason): string {
  let text = message;
  for (const said of addressesIn(name)) {
    if (text.startsWith(`${said} `)) text = text.slice(said.length + 1);
    text = text.split(QUOTED).map((part, i) =>
      i % 2 === 1
        ? part
        : part.split(" ").map((word) => itFor(word, said)).join(" ")
    ).join("");
  }
  return oneLine(text, MAX_LENGTH);
}

/** What was expected or seen is quoted, and stays as it is. */
const QUOTED = /("(?:[^"\\]|\\.)*")/;

function itFor(word: string, said: string): string {
  const [, core, end] = /^(.*?)([,;:]?)$/.exec(word)!;
  return core === said ? `it${end}` : word;
}

/** The forms in which the reasons of a check name an address that is its name. */
function addressesIn(name: string): string[] {
  if (!/^\S*[.:]\S*$/.test(name)) return [];
  const rest = name.replace(/^[a-z][a-z\d+.-]*:\/\//i, "");
  const host = rest.replace(/[/?#].*$/, "");
  return [...new Set([name, rest, host, host.replace(/:\d+$/, "")])];
}
