import { escaped } from "../escape.ts";
import { bodyPathOf } from "../json_path.ts";
import type { Fields, Monitor } from "./monitor.ts";

const OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "contains"];

/** A query of JSONata that is a path: `a.b[0]` or `$.a`. */
const PATH =
  /^(?:\$\.?(?=[A-Za-z_[]))?(?:[A-Za-z_]\w*|\[\d+\])(?:\.[A-Za-z_]\w*|\[\d+\])*$/;

/** What a JSON query asks of the body. Only paths have a counterpart. */
export function jsonQueryFields({ node }: Monitor): Fields | undefined {
  const query = node.get("jsonPath").text()?.trim() ?? "";
  const path = PATH.test(query)
    ? bodyPathOf(query.replace(/^\$\.?/, ""))
    : undefined;
  const operator = node.get("jsonPathOperator").text() || "==";
  const expected = node.get("expectedValue").text() ?? "";
  if (path === undefined || !OPERATORS.includes(operator)) {
    node.get("jsonPath").warn(
      "not imported: it is more than a path; write an expression for assert",
    );
    return undefined;
  }
  if (operator === "==" && /^(?![-+.\d]|(?:true|false)$)./.test(expected)) {
    return { json: { [path.dotted]: escaped(expected) } };
  }
  const text = JSON.stringify(expected);
  let test: string;
  if (operator === "contains") test = `string(${path.value}).contains(${text})`;
  else if (operator === "==" || operator === "!=") {
    test = `string(${path.value}) ${operator} ${text}`;
  } else if (/^-?\d+(?:\.\d+)?$/.test(expected)) {
    const number = expected.includes(".") ? expected : `${expected}.0`;
    test = `double(${path.value}) ${operator} ${number}`;
  } else {
    node.get("expectedValue").warn("not imported: expected a number");
    return undefined;
  }
  return { assert: [escaped(test)] };
}
