import type { Node } from "../node.ts";
import { globOf } from "./glob.ts";
import { numberOf, parseInteger } from "./go_values.ts";

/** What a condition may ask about. */
export type Placeholder =
  | "STATUS"
  | "IP"
  | "RESPONSE_TIME"
  | "BODY"
  | "CONNECTED"
  | "CERTIFICATE_EXPIRATION"
  | "DOMAIN_EXPIRATION"
  | "DNS_RCODE"
  | "CONTEXT";

const PLACEHOLDERS: Readonly<Record<Placeholder, true>> = {
  STATUS: true,
  IP: true,
  RESPONSE_TIME: true,
  BODY: true,
  CONNECTED: true,
  CERTIFICATE_EXPIRATION: true,
  DOMAIN_EXPIRATION: true,
  DNS_RCODE: true,
  CONTEXT: true,
};

/** A side of a condition: something seen, or a constant if it has no `name`. */
export interface Operand {
  /** How it is written. */
  readonly text: string;
  /** What is seen. */
  readonly name?: Placeholder;
  /** The path in it: `.status` or `[0].id`; empty for all of it. */
  readonly path: string;
  /** The function of it. */
  readonly call?: "len" | "has";
}

const OPERATORS = ["==", "!=", "<=", ">=", ">", "<"] as const;

/** How the sides of a condition are compared. */
export type Operator = typeof OPERATORS[number];

/** A condition. If only one side is a constant, it is the right one. */
export interface Condition {
  readonly node: Node;
  /** How it is written. */
  readonly text: string;
  readonly left: Operand;
  readonly operator: Operator;
  readonly right: Operand;
}

/** Reads a condition. What is none is an issue, as it is for Gatus. */
export function readCondition(node: Node): Condition | undefined {
  const expected = 'a condition such as "[STATUS] == 200"';
  const words = node.words(expected);
  if (words === undefined) {
    return node.exists ? undefined : node.expected(expected);
  }
  const { text, parts = [] } = words;
  const isSecret = parts.some(({ text, reference }) =>
    reference !== undefined && !/^\d+(?:\.\d+)?(?:ms|s|m|h)?$/.test(text)
  );
  if (isSecret) {
    node.warn("not imported: lifesign has no variables in conditions");
    return undefined;
  }
  const operator = OPERATORS.find((each) => text.includes(` ${each} `));
  if (operator === undefined) return node.expected(expected);
  const [first, second] = text.split(` ${operator} `).map(operandOf);
  const isMirrored = first!.name === undefined && second!.name !== undefined;
  return {
    node,
    text,
    left: isMirrored ? second! : first!,
    operator: isMirrored ? MIRRORED[operator] : operator,
    right: isMirrored ? first! : second!,
  };
}

const MIRRORED: Readonly<Record<Operator, Operator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function operandOf(side: string): Operand {
  const text = side.trim();
  const [, call, argument] = /^(len|has)\((.*)\)$/s.exec(text) ?? [];
  const inner = (argument ?? text).trim();
  const [, name = "", path = ""] = /^\[(\w+)\]((?:[.[].*)?)$/s.exec(inner) ??
    [];
  const known = name.toUpperCase();
  const hasPath = path !== "" && known !== "BODY" && known !== "CONTEXT";
  if (!Object.hasOwn(PLACEHOLDERS, known) || hasPath) return { text, path: "" };
  return {
    text,
    name: known as Placeholder,
    path: path.replace(/^\./, ""),
    ...(call !== undefined && { call: call as "len" | "has" }),
  };
}

/** A function of a constant side: `pat(…)` or `any(…)`. */
export function functionOf(
  { text }: Operand,
): { readonly name: "pat" | "any"; readonly argument: string } | undefined {
  const [, name, argument] = /^(pat|any)\((.*)\)$/s.exec(text) ?? [];
  return name === undefined
    ? undefined
    : { name: name as "pat" | "any", argument: argument! };
}

/** The choices of `any(…)`. */
export function choicesOf(argument: string): string[] {
  return argument.split(",").map((choice) => choice.trim());
}

/** Whether a condition holds if what it asks about is this. */
export function holdsFor(
  { left, operator, right }: Condition,
  seen: string,
): boolean {
  const value = called(left, seen);
  switch (operator) {
    case "==":
      return isEqual(value, right);
    case "!=":
      return !isEqual(value, right);
    default:
      return compare(numberOf(value), operator, numberOf(right.text));
  }
}

function called({ call }: Operand, seen: string): string {
  if (call === "has") return String(seen !== "");
  return call === "len" ? String(seen.length) : seen;
}

function isEqual(value: string, right: Operand): boolean {
  const applied = functionOf(right);
  if (applied?.name === "any") {
    return choicesOf(applied.argument).includes(value);
  }
  if (applied?.name === "pat") {
    const glob = globOf(applied.argument);
    return glob !== undefined && new RegExp(glob.source, "u").test(value);
  }
  const [a, b] = [parseInteger(value), parseInteger(right.text)];
  return a !== undefined && b !== undefined ? a === b : value === right.text;
}

/** Compares numbers by an operator for numbers. */
export function compare(a: number, operator: Operator, b: number): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    case "==":
      return a === b;
    case "!=":
      return a !== b;
  }
}
