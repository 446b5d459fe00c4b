import { type ASTNode, serialize } from "@marcbachmann/cel-js";
import { excerpt, lowerFirst, oneLine } from "../../../core/text.ts";
import type { Reason } from "../../../core/types.ts";
import { beginningOf } from "../body.ts";
import { shortJson } from "../json_body.ts";
import type { Seen } from "./seen.ts";
import { namesIn, pathsIn, type Result } from "./tree.ts";

/** What an explanation is made of. */
export interface Evidence {
  /** What a part of the expression comes to. */
  readonly evaluate: (node: ASTNode) => Result;
  readonly seen: Seen;
  /** The codes of reasons that are about one variable only. */
  readonly codes: Readonly<Record<string, Reason["code"]>>;
}

const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">=", "in"]);

/** Errors that say that something is not there. */
const MISSING = new Set(["no_such_key", "index_out_of_bounds"]);

/** Says which part of an expression is not true, and the values that it had. */
export function explain(expression: ASTNode, evidence: Evidence): Reason {
  const { seen: { body }, codes } = evidence;
  const part = smallest(expression, evidence.evaluate);
  const names = namesIn(part);
  const { complaint } = body.json;
  if (names.includes("body") && complaint !== undefined) {
    return { code: "body", message: complaint };
  }
  const beginning = names.includes("text") ? beginningOf(body) : undefined;
  const expected = oneLine(serialize(part), 150);
  return {
    code: names.length === 1 && codes[names[0]!] || "body",
    message: `Expected ${expected}, got ${valuesOf(part, evidence.evaluate)}${
      beginning === undefined ? "" : ` in ${beginning}`
    }`,
  };
}

/** The smallest part that keeps an expression from being true. */
function smallest(
  node: ASTNode,
  evaluate: Evidence["evaluate"],
): ASTNode {
  const is = (node: ASTNode, value: boolean): boolean => {
    const result = evaluate(node);
    return "value" in result && result.value === value;
  };
  if (node.op === "&&") {
    // What is false counts more than what is an error.
    const part = node.args.find((part) => is(part, false)) ??
      node.args.find((part) => !is(part, true));
    return part === undefined ? node : smallest(part, evaluate);
  }
  if (node.op === "?:") {
    const [condition, then, otherwise] = node.args;
    const chosen = is(condition, true)
      ? then
      : is(condition, false)
      ? otherwise
      : undefined;
    // Of a constant, the condition says more.
    if (chosen !== undefined && chosen.op !== "value") {
      return smallest(chosen, evaluate);
    }
  }
  return node;
}

/** The values in a part of an expression, as a message quotes them. */
function valuesOf(part: ASTNode, evaluate: Evidence["evaluate"]): string {
  const operands = new Map(
    operandsOf(part).map((node) => [serialize(node), evaluate(node)]),
  );
  const isKnown = [...operands.values()].every((result) =>
    "value" in result || MISSING.has(result.error.code)
  );
  const result = evaluate(part);
  if (operands.size === 0 || !isKnown) return shown(result);
  if (operands.size === 1 && part.op !== "?:") {
    return [...operands.values()].map(shown)[0]!;
  }
  const [last, ...others] = Array.from(
    operands,
    ([text, result]) =>
      "value" in result ? `${text} ${shown(result)}` : shown(result),
  ).reverse();
  return others.length === 0
    ? last!
    : `${others.reverse().join(", ")} and ${last}`;
}

function operandsOf(part: ASTNode): ASTNode[] {
  return COMPARISONS.has(part.op)
    ? (part.args as ASTNode[]).filter((side) => pathsIn(side).length > 0)
    : pathsIn(part);
}

function shown(result: Result): string {
  if ("value" in result) return inWords(result.value);
  const { code, node, summary } = result.error;
  return MISSING.has(code) && node !== undefined
    ? `no ${oneLine(serialize(node), 80)}`
    : `an error: ${lowerFirst(summary)}`;
}

function inWords(value: unknown): string {
  if (typeof value === "string") return excerpt(value);
  if (typeof value === "object" && value !== null) {
    // A duration, and what else the library has a class for.
    const { toString } = value;
    const isOwn = toString !== Object.prototype.toString &&
      toString !== Array.prototype.toString && !(value instanceof Date);
    if (isOwn) return oneLine(String(value), 80);
  }
  return shortJson(value);
}
