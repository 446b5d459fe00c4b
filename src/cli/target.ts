import { closest, listed } from "../core/text.ts";
import { OptionError, readOption } from "../core/option_error.ts";
import type { Probe } from "../core/types.ts";
import type { Kind, Kinds } from "../probes/kind.ts";
import { LAZY_KINDS } from "../probes/table.ts";
import type { TargetSyntax } from "../probes/target_syntax.ts";
import { UsageError } from "./usage.ts";

/** A kind whose targets can be written on the command line. */
type TargetKind = Kind & { readonly target: TargetSyntax };

/** How targets are told from others, and how they are written. */
type Syntax = Pick<TargetSyntax, "prefixes" | "pattern" | "forms">;

/** The kinds whose forms a message always tells, and not only if they are loaded. */
const USUAL: readonly string[] = ["tcp", "http", "command"];

/** The syntaxes of all built-in kinds and of the given ones. */
function syntaxes(kinds: Kinds): Syntax[] {
  return Object.values({ ...LAZY_KINDS, ...kinds })
    .flatMap(({ target }) => target ?? []);
}

/** How targets of the usual kinds and of the given ones are written. */
function formsOf(kinds: Kinds): string[] {
  return Object.entries({ ...LAZY_KINDS, ...kinds })
    .filter(([name]) => USUAL.includes(name) || Object.hasOwn(kinds, name))
    .flatMap(([, { target }]) => target?.forms ?? []);
}

/** A word that is a host, perhaps with a port and a path. */
const HOST_PORT_PATH =
  /^([\da-f]*:[\da-f:.]*:[\da-f.]*|\[[\da-f:.]+\]|[\p{L}\p{N}_][^\s/:@?#[\]\\]*)(:[^\s/@?#]*)?(\/(?!\/)[^\s?#]*)?$/iu;

/** How targets are written, one line a kind, for `--help`. */
export const TARGET_HELP: string = syntaxes({}).map(({ forms }) =>
  `  ${forms.join(" or ")}`
).join("\n");

/** Whether an argument is meant as a target, and not as a file. */
export function isTarget(argument: string, kinds: Kinds = {}): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(argument) ||
    syntaxes(kinds).some((syntax) => isLike(argument, syntax));
}

/**
 * Makes a probe of a target, by the first kind that has targets like it.
 *
 * @throws {UsageError} If there is none, or the target is not right.
 */
export function parseTarget(target: string, kinds: Kinds): Probe {
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
export function formatTarget({ type, target }: Probe, kinds: Kinds): string {
  const syntax = Object.hasOwn(kinds, type) ? kinds[type]!.target : undefined;
  return syntax?.format?.(target) ?? target;
}

/** How something that is not a target may be written as one. */
export function howToWrite(word: string, kinds: Kinds): string {
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
  const forms = formsOf(kinds)
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
  const all = Object.values(kinds).filter((kind): kind is TargetKind =>
    kind.target !== undefined
  );
  return all.find((kind) => begins(target, kind.target)) ??
    all.find((kind) => isLike(target, kind.target));
}

/** Whether a target begins with one of the prefixes, in any case. */
function begins(target: string, { prefixes }: Syntax): boolean {
  return prefixes.some((prefix) =>
    target.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase()
  );
}

/** Whether a target is of a syntax. */
function isLike(target: string, syntax: Syntax): boolean {
  return begins(target, syntax) || syntax.pattern?.test(target) === true;
}

/** The names of the built-in kinds that may have targets like these. */
export function kindNamesOf(targets: readonly string[]): string[] {
  return Object.entries(LAZY_KINDS)
    .filter(([, { target }]) =>
      target !== undefined && targets.some((word) => isLike(word, target))
    )
    .map(([name]) => name);
}
