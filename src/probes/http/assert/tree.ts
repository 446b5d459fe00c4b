import type { ASTNode, EvaluationError } from "@marcbachmann/cel-js";

/** What a part of an expression comes to. */
export type Result = { readonly value: unknown } | {
  readonly error: EvaluationError;
};

/** Macros whose arguments have variables of their own. */
const MACROS = new Set(["all", "exists", "exists_one", "map", "filter"]);

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value;
}

/** The parts of a node, without those that have variables of their own. */
function partsOf(node: ASTNode): ASTNode[] {
  if (node.op === "rcall" && MACROS.has(node.args[0])) return [node.args[1]];
  return [node.args].flat(Infinity).filter(isNode);
}

/** Whether it is a variable, or a value in one by constant keys. */
function isPath(node: ASTNode): boolean {
  switch (node.op) {
    case "id":
      return true;
    case ".":
    case ".?":
      return isPath(node.args[0]);
    case "[]":
    case "[?]":
      return isPath(node.args[0]) && node.args[1].op === "value";
    default:
      return false;
  }
}

/** The values that an expression is made of, apart from constants. */
export function pathsIn(node: ASTNode): ASTNode[] {
  return isPath(node) ? [node] : partsOf(node).flatMap(pathsIn);
}

/** The names of the variables in an expression. */
export function namesIn(node: ASTNode): string[] {
  if (node.op === "id") return [node.args];
  const parts = [node.args].flat(Infinity).filter(isNode);
  return [...new Set(parts.flatMap(namesIn))];
}
