import { OptionError } from "../../../core/option_error.ts";
import { error } from "../../../core/outcome.ts";
import { thrownInWords } from "../../../core/text.ts";
import type { Reason } from "../../../core/types.ts";
import { Failure } from "../../failure.ts";
import type { Assertion, Seen } from "./seen.ts";

/** Compiles an expression; throws a `SyntaxError` if it is not valid. */
type Compile = (source: string) => Assertion;

let compile: Compile | undefined;
let loading: Promise<void> | undefined;

/** Loads the library of expressions, which is loaded only where it is used. */
export function loadAssertions(): Promise<void> {
  return loading ??= import("./cel.ts").then((module) => {
    compile = module.compile;
  }, (thrown) => {
    // It may be found the next time.
    loading = undefined;
    throw thrown;
  });
}

/** Variables whose values are known only when the body has been read. */
const OF_BODY = /\b(?:body|text|duration)\b/;

/** Expressions that all have to be true of an answer. */
export class Assertions {
  /** Whether the answer has to be read for them, all of it. */
  readonly needBody: boolean;
  readonly #sources: readonly string[];
  readonly #hasBody: boolean;
  #compiled: readonly Assertion[] | undefined;

  /**
   * Compiles the expressions now if the library is loaded, and otherwise when
   * they are first used.
   *
   * @throws {OptionError} If they are no list of strings, or one is not valid
   * and the library is loaded.
   */
  constructor(
    sources: readonly string[],
    { hasBody = true }: { readonly hasBody?: boolean } = {},
  ) {
    const isList = Array.isArray(sources) &&
      sources.every((source) => typeof source === "string");
    if (!isList) throw new OptionError("assert", "expected a list of strings");
    this.#sources = [...sources];
    this.#hasBody = hasBody;
    this.needBody = sources.some((source) => OF_BODY.test(source));
    if (compile !== undefined) this.#compile(compile);
  }

  /** Loads the library. Returns nothing if it is loaded. */
  prepare(): Promise<void> | undefined {
    return compile === undefined ? loadAssertions() : undefined;
  }

  /**
   * The reason of the first expression that is not true, if any.
   *
   * Rejects with a {@linkcode Failure} that blames nobody if one is not valid,
   * or the library cannot be loaded.
   */
  async reasonAgainst(seen: Seen): Promise<Reason | undefined> {
    try {
      await this.prepare();
    } catch (thrown) {
      const message = `Cannot load the library for assert: ${
        thrownInWords(thrown)
      }`;
      throw new Failure(error({ code: "internal", message }), {
        cause: thrown,
      });
    }
    for (const assertion of this.#compiled ?? this.#compileLate(compile!)) {
      const reason = assertion.reasonAgainst(seen);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  #compileLate(compile: Compile): readonly Assertion[] {
    try {
      return this.#compile(compile);
    } catch (thrown) {
      if (!(thrown instanceof OptionError)) throw thrown;
      const { option, problem } = thrown;
      const message = `Expected a valid expression as ${option}: ${problem}`;
      throw new Failure(error({ code: "internal", message }), {
        cause: thrown,
      });
    }
  }

  #compile(compile: Compile): readonly Assertion[] {
    return this.#compiled = this.#sources.map((source, i) => {
      try {
        const assertion = compile(source);
        const name = ["body", "text"].find((name) =>
          assertion.names.includes(name)
        );
        if (!this.#hasBody && name !== undefined) {
          throw new SyntaxError(`cannot use ${name} with HEAD`);
        }
        return assertion;
      } catch (thrown) {
        const problem = thrown instanceof SyntaxError
          ? thrown.message
          : thrownInWords(thrown);
        throw new OptionError(`assert[${i}]`, problem, { cause: thrown });
      }
    });
  }
}
