import { bodyPathOf } from "../json_path.ts";
import {
  choicesOf,
  compare,
  type Condition,
  functionOf,
  holdsFor,
  type Operand,
} from "./condition.ts";
import { globOf, regexEscaped } from "./glob.ts";
import { parseNumber } from "./go_values.ts";

/** What is expected of a text, by one of the keys of a check. */
export interface TextTest {
  readonly key: "contains" | "contains_not" | "matches" | "matches_not";
  readonly value: string;
}

/** What a condition asks of a body: a key of a check, or an expression. */
export type BodyTest =
  | { readonly text: TextTest }
  | { readonly path: string; readonly value: string }
  | { readonly expression: string }
  | { readonly complaint: string }
  /** Nothing: it is always true. */
  | "nothing";

/** What a condition about the whole body asks of its text. */
export function textTestOf(condition: Condition): BodyTest {
  const { operator, right } = condition;
  if (operator !== "==" && operator !== "!=") {
    return { complaint: "the body as a number cannot be compared" };
  }
  const not = operator === "!=" ? "_not" : "";
  const applied = functionOf(right);
  if (applied?.name === "pat") {
    if (/^\*+$/.test(applied.argument)) {
      return not === "" ? "nothing" : { complaint: NEVER };
    }
    const glob = globOf(applied.argument);
    if (glob === undefined) {
      return not === "" ? { complaint: NEVER } : "nothing";
    }
    const { substring, source } = glob;
    return {
      text: substring !== undefined
        ? { key: `contains${not}`, value: substring }
        : { key: `matches${not}`, value: source },
    };
  }
  const choices = applied?.name === "any"
    ? choicesOf(applied.argument)
    : [right.text];
  const source = choices.map(regexEscaped).join("|");
  const group = choices.length === 1 ? source : `(?:${source})`;
  return { text: { key: `matches${not}`, value: `^\\s*${group}\\s*$` } };
}

/** Why a condition that Gatus never finds true is not imported. */
export const NEVER = "it is never true";

/** What a condition about a JSON body asks of it, or of its length. */
export function jsonTestOf(condition: Condition): BodyTest {
  const { left, operator, right } = condition;
  if (right.name !== undefined) return comparison(condition);
  if (left.path === "" && left.call === undefined) return textTestOf(condition);
  if (left.path === "") return wholeTest(condition);
  const path = bodyPathOf(left.path);
  if (path === undefined) return { complaint: "its path cannot be followed" };
  if (left.call === "has") {
    const sign = signOf(condition);
    return sign === "!=" || sign === "=="
      ? { expression: `${path.valueOr("null")} ${sign} null` }
      : sign;
  }
  if (left.call === "len") {
    return numeric(
      condition,
      (other) =>
        `size(${other === undefined ? path.value : path.valueOr("[]")})`,
    );
  }
  if (operator !== "==" && operator !== "!=") {
    return numeric(
      condition,
      (other) =>
        `int(${other === undefined ? path.value : path.valueOr(other)})`,
    );
  }
  const test = equality(path.value, right);
  if (typeof test !== "string") return test;
  if (operator === "!=") {
    const unless = `${path.valueOr("null")} == null`;
    return { expression: `${unless} || !(${test})` };
  }
  return functionOf(right) === undefined && isWord(right.text)
    ? { path: path.dotted, value: right.text }
    : { expression: test };
}

/** Whether `has()` has to be true (`!=` nothing) or false (`==` nothing). */
function signOf(condition: Condition): "!=" | "==" | BodyTest {
  const [ifThere, ifNot] = ["x", ""].map((seen) => holdsFor(condition, seen));
  if (ifThere !== ifNot) return ifThere ? "!=" : "==";
  return ifThere ? "nothing" : { complaint: NEVER };
}

/** Whether only a string is written like this, and no number or boolean. */
function isWord(text: string): boolean {
  return /^(?![-+.\d]|(?:true|false|NaN|map)\b)/.test(text);
}

/** An expression that a value is equal to a constant. */
function equality(value: string, right: Operand): string | BodyTest {
  const applied = functionOf(right);
  if (applied === undefined) {
    // Lists and maps are compared in the form in which Go prints them.
    return /^(?:\[|\{|map\[)/.test(right.text)
      ? { complaint: "lists and maps cannot be compared" }
      : `string(${value}) == ${JSON.stringify(right.text)}`;
  }
  if (applied.name === "any") {
    const choices = choicesOf(applied.argument).map((choice) =>
      JSON.stringify(choice)
    );
    return `string(${value}) in [${choices.join(", ")}]`;
  }
  const glob = globOf(applied.argument);
  if (glob === undefined) return { complaint: NEVER };
  return glob.substring === undefined
    ? `string(${value}).matches(${JSON.stringify(glob.source)})`
    : `string(${value}).contains(${JSON.stringify(glob.substring)})`;
}

/**
 * Compares a number in the body with a constant. What is not there is 0 in an
 * inequality, and not equal to anything.
 */
function numeric(
  { left, operator, right }: Condition,
  value: (other?: string) => string,
): BodyTest {
  const number = parseNumber(right.text);
  if (number === undefined) {
    return functionOf(right) === undefined
      ? { complaint: `${JSON.stringify(right.text)} is no number` }
      : { complaint: "numbers cannot be compared with pat() and any()" };
  }
  const isEquality = operator === "==" || operator === "!=";
  if (left.call === "len" && operator === "!=") {
    return { complaint: "a length can only be ==, <, <=, > or >=" };
  }
  const passesWithout = !isEquality && compare(0, operator, number);
  return {
    expression: `${
      value(passesWithout ? "0" : undefined)
    } ${operator} ${number}`,
  };
}

/** A test of the length of the whole body, or of whether there is one. */
function wholeTest(condition: Condition): BodyTest {
  if (condition.left.call === "has") {
    const sign = signOf(condition);
    if (sign !== "!=" && sign !== "==") return sign;
    const key = sign === "!=" ? "matches" : "matches_not";
    return { text: { key, value: "\\S" } };
  }
  // Of a JSON array, it is the number of items.
  return numeric(
    condition,
    () =>
      '(text.startsWith("[") && text.endsWith("]") ? size(body) : size(text))',
  );
}

/** A comparison of two values that are both seen. */
function comparison({ left, operator, right }: Condition): BodyTest {
  const isEquality = operator === "==" || operator === "!=";
  const [a, b] = [left, right].map((side) => {
    if (side.name === "STATUS" && side.call === undefined) {
      return isEquality ? "string(status)" : "status";
    }
    const path = side.name === "BODY" && side.call !== "has"
      ? bodyPathOf(side.path)
      : undefined;
    if (path === undefined) return undefined;
    if (side.call === "len") {
      const size = `size(${path.value})`;
      return isEquality ? `string(${size})` : size;
    }
    return isEquality ? `string(${path.value})` : `int(${path.value})`;
  });
  return a === undefined || b === undefined
    ? { complaint: "these cannot be compared" }
    : { expression: `${a} ${operator} ${b}` };
}
