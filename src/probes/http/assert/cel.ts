import {
  type ASTNode,
  Environment,
  type EvaluationError,
  type ParseError,
  serialize,
} from "@marcbachmann/cel-js";
import { lowerFirst, oneLine } from "../../../core/text.ts";
import type { Reason } from "../../../core/types.ts";
import { explain } from "./explain.ts";
import type { Assertion, Seen } from "./seen.ts";
import { namesIn, type Result } from "./tree.ts";

const OPTIONS = {
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
} as const;

const TYPES = {
  status: "int",
  headers: "map<string, string>",
  body: "dyn",
  text: "string",
  duration: "google.protobuf.Duration",
} as const;

/** The reason's code if a false expression is about nothing else. */
const CODES: Readonly<Record<string, Reason["code"]>> = {
  status: "status",
  headers: "header",
  duration: "latency",
};

const environment = makeEnvironment();

function makeEnvironment(): Environment {
  const made = new Environment(OPTIONS);
  for (const [name, type] of Object.entries(TYPES)) {
    made.registerVariable(name, type);
  }
  // A number of JSON is an integer or not by chance.
  const operators: Record<string, (a: number, b: number) => number> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
  };
  for (const [name, operate] of Object.entries(operators)) {
    const handle = (a: number | bigint, b: number | bigint): number =>
      operate(Number(a), Number(b));
    made.registerOperator(`int ${name} double: double`, handle);
    made.registerOperator(`double ${name} int: double`, handle);
  }
  return made;
}

const toDuration = new Environment().registerVariable("text", "string")
  .parse("duration(text)");

/**
 * Compiles an expression of CEL, and checks its types.
 *
 * @throws {SyntaxError} If it is not valid, or cannot be true.
 */
export function compile(source: string): Assertion {
  const { ast, run } = parse(source);
  const names = namesIn(ast).filter((name) => Object.hasOwn(TYPES, name));
  return {
    names,
    reasonAgainst(seen) {
      const context = contextOf(seen, names);
      const evaluate = (node: ASTNode): Result =>
        resultOf(() =>
          node === ast
            ? run(context)
            : environment.parse(serialize(node))(context)
        );
      const result = evaluate(ast);
      if ("value" in result && result.value === true) return undefined;
      return explain(ast, { evaluate, seen, codes: CODES });
    },
  };
}

function parse(
  source: string,
): { ast: ASTNode; run: (context: Record<string, unknown>) => unknown } {
  let parsed;
  try {
    parsed = environment.parse(source);
  } catch (error) {
    throw syntaxError(source, error as ParseError);
  }
  const { valid, type, error } = parsed.check();
  if (!valid) throw syntaxError(source, error as ParseError);
  if (type !== "bool" && type !== "dyn") {
    throw new SyntaxError(`expected true or false of it, got ${type}`);
  }
  return { ast: parsed.ast, run: parsed };
}

function syntaxError(source: string, error: ParseError): SyntaxError {
  const start = error.range?.start ?? source.length;
  const what = oneLine(error.summary).replaceAll("google.protobuf.D", "d");
  const place = start < source.length
    ? `at character ${start + 1}`
    : "at the end";
  const hint =
    /duration \S+ (?:int|double)|(?:int|double) \S+ duration/.test(what)
      ? '; write a duration such as duration("500ms")'
      : "";
  return new SyntaxError(`${lowerFirst(what)} ${place}${hint}`, {
    cause: error,
  });
}

/** The values of the variables that an expression uses. */
function contextOf(
  { status, headers, body, durationMs }: Seen,
  names: readonly string[],
): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const name of names) {
    switch (name) {
      case "status":
        context.status = BigInt(status);
        break;
      case "headers":
        context.headers = byAnyCase(headers);
        break;
      case "text":
        context.text = body.text;
        break;
      case "duration":
        context.duration = toDuration({ text: `${durationMs.toFixed(3)}ms` });
        break;
      case "body":
        // Without the variable, what needs it is an error.
        if (body.json.complaint === undefined) {
          context.body = JSON.parse(body.text, withIntegers);
        }
        break;
    }
  }
  return context;
}

/** Headers whose names are found in upper and lower case. */
function byAnyCase(headers: Seen["headers"]): Map<string, string> {
  const map = new Map(headers);
  const get = map.get.bind(map);
  // The library knows what a map is by its constructor: no class of our own.
  return Object.assign(map, {
    get: (name: unknown) => get(String(name).toLowerCase()),
  });
}

/** Numbers that are written as integers are those of CEL. */
function withIntegers(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  return typeof value === "number" && /^-?\d+$/.test(context?.source ?? "")
    ? BigInt(context!.source!)
    : value;
}

function resultOf(run: () => unknown): Result {
  try {
    return { value: run() };
  } catch (error) {
    return { error: error as EvaluationError };
  }
}
