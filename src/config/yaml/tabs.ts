import { isDeepStrictEqual } from "node:util";

/** A tab before the first character of a line that is not a comment. */
const TAB = /^( *)\t[ \t]*(?=[^\s#])/;

/** The header of a literal or folded block scalar, at the end of a line. */
const BLOCK_SCALAR = /(?:^|[\s:-])[|>][-+\d]{0,2}[ \t]*(?:#.*)?$/;

/**
 * Finds a tab in the indentation that changes what a YAML text means: the
 * parser takes it for no indentation at all. Tabs in flow collections, in
 * quoted strings and in block scalars are as good as spaces.
 *
 * @throws {SyntaxError} If there is one, with its place.
 */
export function refuseTabs(
  text: string,
  parse: (text: string) => unknown,
): void {
  if (!/^ *\t/m.test(text)) return;
  const lines = text.split(/\r\n?|\n/);
  const suspects = suspectsIn(lines);
  const meaning = meaningOf(lines, parse);
  const isHarmless = (count: number): boolean => {
    const spaced = withSpaces(lines, suspects.slice(0, count));
    return isDeepStrictEqual(meaningOf(spaced, parse), meaning);
  };
  if (suspects.length === 0 || isHarmless(suspects.length)) return;
  // The first one that is not harmless, by bisection.
  let [harmless, harmful] = [0, suspects.length];
  while (harmful - harmless > 1) {
    const middle = Math.floor((harmless + harmful) / 2);
    if (isHarmless(middle)) harmless = middle;
    else harmful = middle;
  }
  const culprit = suspects[harmless]!;
  const column = lines[culprit]!.indexOf("\t") + 1;
  throw new SyntaxError(
    `expected spaces, got a tab in the indentation at line ${
      culprit + 1
    }, column ${column}`,
  );
}

/** The lines that begin with a tab, without those of block scalars. */
function suspectsIn(lines: readonly string[]): number[] {
  const suspects: number[] = [];
  // Lines with more spaces than this belong to a block scalar.
  let scalarIndent = Infinity;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const indent = line.search(/[^ ]/);
    if (indent > scalarIndent) continue;
    scalarIndent = BLOCK_SCALAR.test(line) ? indent : Infinity;
    if (TAB.test(line)) suspects.push(i);
  }
  return suspects;
}

function withSpaces(
  lines: readonly string[],
  suspects: readonly number[],
): string[] {
  const result = [...lines];
  for (const i of suspects) {
    result[i] = lines[i]!.replace(
      /^[ \t]*/,
      (indentation) => indentation.replaceAll("\t", " ".repeat(8)),
    );
  }
  return result;
}

/** What the parser makes of lines: a value, or the message of an error. */
function meaningOf(
  lines: readonly string[],
  parse: (text: string) => unknown,
): unknown {
  try {
    return { value: parse(lines.join("\n")) };
  } catch (error) {
    return { message: (error as Error).message };
  }
}
