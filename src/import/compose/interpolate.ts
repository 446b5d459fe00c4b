import type { Part, Words } from "../node.ts";
import { wordsOf } from "../words.ts";

/** A variable. */
export interface Variable {
  /** Its value, if it is set. */
  readonly value: string | undefined;
  /** Whether lifesign will see the same value, so that a reference can stay. */
  readonly isShared: boolean;
}

/** Returns a variable. The second argument says whether it has a default. */
export type Variables = (name: string, hasDefault: boolean) => Variable;

/** The deepest nesting of defaults: every level is scanned again. */
const MAX_DEPTH = 50;

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /:?[-?+]/y;

/**
 * Expands variables as Compose does: `$NAME`, `${NAME}`, with `:-`, `-`, `:?`,
 * `?`, `:+` and `+`, nested, and `$$` for a dollar sign.
 *
 * @throws {SyntaxError} If the string is not valid, or a required variable is
 * not set.
 */
export function interpolate(text: string, variables: Variables): Words {
  return wordsOf([...partsOf(text, variables, 0)]);
}

function* partsOf(
  text: string,
  variables: Variables,
  depth: number,
): Generator<Part> {
  if (depth > MAX_DEPTH) throw new SyntaxError("too many nested variables");
  for (let at = 0; at < text.length;) {
    const dollar = text.indexOf("$", at);
    if (dollar < 0) return yield { text: text.slice(at) };
    if (dollar > at) yield { text: text.slice(at, dollar) };
    at = dollar + 1;
    if (text[at] === "$") {
      yield { text: "$" };
      at++;
    } else if (text[at] === "{") {
      const end = endOfBraces(text, at);
      yield braced(text.slice(at + 1, end), variables, depth);
      at = end + 1;
    } else {
      const name = match(NAME, text, at);
      // Compose does not change the dollar sign of $(…) and $1.
      yield name === "" ? { text: "$" } : plain(name, variables);
      at += name.length;
    }
  }
}

function braced(inner: string, variables: Variables, depth: number): Part {
  const name = match(NAME, inner, 0);
  if (name === "") throw malformed();
  if (name === inner) return plain(name, variables);
  const operator = match(OPERATOR, inner, name.length);
  if (operator === "") throw malformed();
  const { value, isShared } = variables(name, true);
  const origin = isShared || value === undefined ? {} : { stored: name };
  // With a colon, an empty variable counts as unset.
  const isThere = value !== undefined &&
    (value !== "" || operator.length === 1);
  const rest = inner.slice(name.length + operator.length);
  const alternative = (): string =>
    [...partsOf(rest, variables, depth + 1)].map(({ text }) => text).join("");
  switch (operator.at(-1)) {
    case "+":
      return { text: isThere ? alternative() : "" };
    case "?":
      if (!isThere) {
        throw new SyntaxError(
          `the variable ${name} is required${rest && `: ${alternative()}`}`,
        );
      }
      return {
        text: value,
        ...origin,
        ...(isShared && { reference: `\${${name}}` }),
      };
    default:
      return {
        text: isThere ? value : alternative(),
        ...(isThere && origin),
        ...(isShared && operator === ":-" && !/[{}$]/.test(rest) &&
          { reference: `\${${name}:-${rest}}` }),
      };
  }
}

/** A variable; an unset one is an empty string. */
function plain(name: string, variables: Variables): Part {
  const { value = "", isShared } = variables(name, false);
  return {
    text: value,
    ...(!isShared && { stored: name }),
    ...(isShared && { reference: `\${${name}:-}` }),
  };
}

/** The index of the brace that closes the one at `start`. */
function endOfBraces(text: string, start: number): number {
  let open = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") open++;
    if (text[at] === "}" && --open === 0) return at;
  }
  throw malformed();
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

function malformed(): SyntaxError {
  return new SyntaxError(
    "expected ${NAME} or ${NAME:-default}; write $${ for a plain ${",
  );
}
