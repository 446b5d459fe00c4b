/**
 * How a TARGET of a kind is written on the command line. `Options` are those
 * that the kind makes a probe of.
 */
// Options that have met the schema have the type that goes with it.
// deno-lint-ignore no-explicit-any
export interface TargetSyntax<Options = any> {
  /** What a target of the kind begins with, such as `"tcp://"`, in any case. */
  readonly prefixes: readonly string[];
  /** What else is a target of the kind, such as a host and a port alone. */
  readonly pattern?: RegExp;
  /**
   * How a target may be written, for `--help` and messages. `HOST`, `PORT` and
   * `PATH` stand for what they say, so that a message can put in what it has.
   */
  readonly forms: readonly string[];
  /**
   * Reads a target that has one of the prefixes or matches the pattern.
   *
   * @throws {TypeError} If it is not right.
   */
  parse(target: string): Options;
  /**
   * Writes the `target` of a probe as it is written on the command line. It
   * defaults to the `target` itself.
   */
  format?(target: string): string;
}
