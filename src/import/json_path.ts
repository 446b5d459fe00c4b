/** A value in a JSON body, for expressions and for `json`. */
export interface BodyPath {
  /** An expression for the value: an error if it is not there. */
  readonly value: string;
  /** The same with another value if it is not there. */
  readonly valueOr: (other: string) => string;
  /** The path as `json` has it. */
  readonly dotted: string;
}

/** Words that cannot be names in expressions. */
const RESERVED = new Set(
  "as break const continue else false for function if import in let loop namespace null package return true var void while"
    .split(" "),
);

/** Reads a path such as `data[0].name`, or `[0].id`. */
export function bodyPathOf(path: string): BodyPath | undefined {
  if (
    !/^(?:[^.[\]]+|(?:^|(?<=\.))\[\d+\])(?:\[\d+\])*(?:\.[^.[\]]+(?:\[\d+\])*)*$/
      .test(path)
  ) return undefined;
  const keys = path.match(/[^.[\]]+|\[\d+\]/g)!;
  const index = (key: string): string | undefined =>
    /^\[(\d+)\]$/.exec(key)?.[1];
  const isName = (key: string): boolean =>
    /^[A-Za-z_]\w*$/.test(key) && !RESERVED.has(key);
  const value = keys.map((key) => {
    const number = index(key);
    if (number !== undefined) return `[${Number(number)}]`;
    return isName(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }).join("");
  const optional = keys.map((key) => {
    const number = index(key);
    if (number !== undefined) return `[?${Number(number)}]`;
    return isName(key) ? `.?${key}` : `[?${JSON.stringify(key)}]`;
  }).join("");
  return {
    value: `body${value}`,
    valueOr: (other) => `body${optional}.orValue(${other})`,
    dotted: keys.map((key) => index(key) ?? key).join("."),
  };
}
