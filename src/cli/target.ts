import { closest } from "../core/text.ts";
import { OptionError, readOption } from "../core/option_error.ts";
import type { Probe } from "../core/types.ts";
import type { Kind } from "../probes/kind.ts";
import { KINDS } from "../probes/table.ts";
import type { TargetSyntax } from "../probes/target_syntax.ts";
import { UsageError } from "./usage.ts";

/** A kind whose targets can be written on the command line. */
type TargetKind = Kind & { readonly target: TargetSyntax };

const TARGET_KINDS = Object.values(KINDS).filter((kind): kind is TargetKind =>
  kind.target !== undefined
);

/** A word that is a host, perhaps with a port and a path. */
const HOST_PORT_PATH =
  /^([\da-f]*:[\da-f:.]*:[\da-f.]*|\[[\da-f:.]+\]|[\p{L}\p{N}_][^\s/:@?#[\]\\]*)(:[^\s/@?#]*)?(\/(?!\/)[^\s?#]*)?$/iu;

/** How targets are written, one line a kind, for `--help`. */
export const TARGET_HELP: string = TARGET_KINDS.map(({ target }) =>
  `  ${target.forms.join(" or ")}`
).join("\n");

/** Whether an argument is meant as a target, and not as a file. */
export function isTarget(argument: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(argument) ||
    kindOf(argument) !== undefined;
}

/**
 * Makes a probe of a target, by the first kind that has targets like it.
 *
 * @throws {UsageError} If there is none, or the target is not right.
 */
export function parseTarget(target: string): Probe {
  const kind = kindOf(target);
  if (kind === undefined) {
    const meant = misspelt(target);
    const expected = `${shown(target)}: expected a target`;
    throw meant === undefined
      ? new UsageError(`${expected}: ${howToWrite(target)}`)
      : new UsageError(expected, { suggestion: shown(meant) });
  }
  try {
    return readOption("target", () => kind.make(kind.target.parse(target)));
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new UsageError(`${shown(target)}: ${error.problem}`, {
      cause: error,
    });
  }
}

/** The target of a probe as it is written on the command line. */
export function formatTarget({ type, target }: Probe): string {
  const syntax = Object.hasOwn(KINDS, type) ? KINDS[type]!.target : undefined;
  return syntax?.format?.(target) ?? target;
}

/** How something that is not a target may be written as one. */
export function howToWrite(word: string): string {
  const meant = misspelt(word);
  if (meant !== undefined) return `did you mean ${shown(meant)}?`;
  const [, host, after, path] = HOST_PORT_PATH.exec(word) ?? [];
  const port = /^:\d+$/.test(after ?? "") ? after! : "";
  const forms = TARGET_KINDS.flatMap(({ target }) => target.forms)
    .filter((form) => path === undefined || form.includes("PATH"));
  const bracketed = host?.includes(":") && !host.startsWith("[")
    ? `[${host}]`
    : host ?? "HOST";
  const filled = forms.map((form) =>
    form.replace("HOST", bracketed + (form.includes("PORT") ? "" : port))
      .replace("PORT", port.slice(1) || "PORT")
      .replace("/PATH", path ?? "/PATH")
  );
  return `write ${filled.slice(0, -1).join(", ")} or ${filled.at(-1)}`;
}

/** A target whose prefix is misspelt, with the prefix that is likely meant. */
function misspelt(word: string): string | undefined {
  const [, scheme, rest] = /^([a-z][a-z\d+.-]*)(?::?\/{1,2}|:)(.*)$/is.exec(
    word,
  ) ?? [];
  if (scheme === undefined) return undefined;
  const prefixes = new Map(
    TARGET_KINDS.flatMap(({ target }) => target.prefixes)
      .map((prefix) => [prefix.replace(/:.*/, ""), prefix]),
  );
  const meant = closest(scheme, prefixes.keys());
  return meant && prefixes.get(meant)! + rest;
}

/** A target as a message may quote it. */
export function shown(target: string): string {
  return target.replace(/((?:^|\s)(?:[a-z][\w+.-]*:\/\/)?)\S*@/gi, "$1***@")
    .replace(/\?.*/s, "?***");
}

/** The kind of a target. */
function kindOf(target: string): TargetKind | undefined {
  const start = target.slice(0, 20).toLowerCase();
  return TARGET_KINDS.find(({ target: { prefixes } }) =>
    prefixes.some((prefix) => start.startsWith(prefix))
  ) ?? TARGET_KINDS.find(({ target: { pattern } }) => pattern?.test(target));
}
