import { closest, listed } from "../core/text.ts";
import { OptionError, readOption } from "../core/option_error.ts";
import type { Probe } from "../core/types.ts";
import type { Kind, Kinds } from "../probes/kind.ts";
import { KINDS, LAZY_KINDS } from "../probes/table.ts";
import type { TargetSyntax } from "../probes/target_syntax.ts";
import { UsageError } from "./usage.ts";

/** A kind whose targets can be written on the command line. */
type TargetKind = Kind & { readonly target: TargetSyntax };

function targetKinds(kinds: Kinds): TargetKind[] {
  return Object.values(kinds).filter((kind): kind is TargetKind =>
    kind.target !== undefined
  );
}

/** How targets of all built-in kinds and of the given ones are written. */
function syntaxes(kinds: Kinds): Pick<TargetSyntax, "prefixes" | "forms">[] {
  const unloaded = Object.entries(LAZY_KINDS)
    .filter(([name]) => !Object.hasOwn(kinds, name))
    .map(([, { target }]) => target);
  return [...targetKinds(kinds).map(({ target }) => target), ...unloaded]
    .filter((target) => target !== undefined);
}

/** A word that is a host, perhaps with a port and a path. */
const HOST_PORT_PATH =
  /^([\da-f]*:[\da-f:.]*:[\da-f.]*|\[[\da-f:.]+\]|[\p{L}\p{N}_][^\s/:@?#[\]\\]*)(:[^\s/@?#]*)?(\/(?!\/)[^\s?#]*)?$/iu;

/** How targets are written, one line a kind, for `--help`. */
export const TARGET_HELP: string = syntaxes(KINDS).map(({ forms }) =>
  `  ${forms.join(" or ")}`
).join("\n");

/** Whether an argument is meant as a target, and not as a file. */
export function isTarget(argument: string, kinds: Kinds = KINDS): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(argument) ||
    syntaxes(kinds).some((syntax) => begins(argument, syntax)) ||
    kindOf(argument, kinds) !== undefined;
}

/**
 * Makes a probe of a target, by the first kind that has targets like it.
 *
 * @throws {UsageError} If there is none, or the target is not right.
 */
export function parseTarget(target: string, kinds: Kinds = KINDS): Probe {
  const kind = kindOf(target, kinds);
  if (kind === undefined) {
    const meant = misspelt(target, kinds);
    const expected = `${shown(target)}: expected a target`;
    throw meant === undefined
      ? new UsageError(`${expected}: ${howToWrite(target, kinds)}`)
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
export function formatTarget(
  { type, target }: Probe,
  kinds: Kinds = KINDS,
): string {
  const syntax = Object.hasOwn(kinds, type) ? kinds[type]!.target : undefined;
  return syntax?.format?.(target) ?? target;
}

/** How something that is not a target may be written as one. */
export function howToWrite(word: string, kinds: Kinds = KINDS): string {
  const meant = misspelt(word, kinds);
  if (meant !== undefined) return `did you mean ${shown(meant)}?`;
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(word)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    const isKind = Object.hasOwn({ ...LAZY_KINDS, ...kinds }, scheme);
    return isKind
      ? `write a check with type: ${scheme} in a file`
      : `begin it with ${
        listed(syntaxes(kinds).flatMap(({ prefixes }) => prefixes), "or")
      }`;
  }
  const [, host, after, path] = HOST_PORT_PATH.exec(word) ?? [];
  const port = /^:\d+$/.test(after ?? "") ? after! : "";
  const forms = targetKinds(kinds).flatMap(({ target }) => target.forms)
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

/** Schemes of others, and the prefixes that are meant. */
const OF_OTHERS: ReadonlyMap<string, string> = new Map([["icmp", "ping:"]]);

/** A target whose prefix is misspelt, with the prefix that is likely meant. */
function misspelt(word: string, kinds: Kinds): string | undefined {
  const [, scheme, rest] = /^([a-z][a-z\d+.-]*)(?::?\/{1,2}|:)(.*)$/is.exec(
    word,
  ) ?? [];
  if (scheme === undefined) return undefined;
  const prefixes = new Map([
    ...OF_OTHERS,
    ...syntaxes(kinds).flatMap(({ prefixes }) => prefixes)
      .map((prefix) => [prefix.replace(/:.*/, ""), prefix] as const),
  ]);
  const meant = closest(scheme, prefixes.keys());
  return meant && prefixes.get(meant)! + rest;
}

/** A target as a message may quote it. */
export function shown(target: string): string {
  return target.replace(/((?:^|\s)(?:[a-z][\w+.-]*:\/\/)?)\S*@/gi, "$1***@")
    .replace(/\?.*/s, "?***");
}

/** The kind of a target. */
function kindOf(target: string, kinds: Kinds): TargetKind | undefined {
  const all = targetKinds(kinds);
  return all.find((kind) => begins(target, kind.target)) ??
    all.find(({ target: { pattern } }) => pattern?.test(target));
}

/** Whether a target begins with one of the prefixes, in any case. */
function begins(
  target: string,
  { prefixes }: Pick<TargetSyntax, "prefixes">,
): boolean {
  return prefixes.some((prefix) =>
    target.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase()
  );
}

/** The names of built-in kinds that are loaded only for targets like these. */
export function lazyKindsOf(targets: readonly string[]): string[] {
  return Object.entries(LAZY_KINDS)
    .filter(([, { target }]) =>
      target !== undefined && targets.some((word) => begins(word, target))
    )
    .map(([name]) => name);
}
