import { assert, assertEquals, assertThrows } from "@std/assert";
import { OptionError, readOption } from "../../src/core/option_error.ts";
import { OptionError as Exported } from "../../mod.ts";

Deno.test("OptionError has the option and the problem, and says both", () => {
  const error = new OptionError("maxBody", "expected a number, got x");
  assert(error instanceof RangeError);
  assertEquals(error.name, "OptionError");
  assertEquals(error.option, "maxBody");
  assertEquals(error.problem, "expected a number, got x");
  assertEquals(error.message, "maxBody: expected a number, got x");
  assertEquals(Exported, OptionError);
});

Deno.test("readOption() gives what is read, and names the option of an error", () => {
  assertEquals(readOption("a", () => 1), 1);
  for (const ErrorClass of [TypeError, RangeError]) {
    const cause = new ErrorClass("Expected x,\ngot y");
    const error = assertThrows(
      () =>
        readOption("a", () => {
          throw cause;
        }),
      OptionError,
    );
    assertEquals([error.option, error.problem], ["a", "expected x, got y"]);
    assertEquals(error.cause, cause);
  }
});

Deno.test("readOption() leaves errors that name an option, and other errors", () => {
  for (const thrown of [new OptionError("b", "expected x"), new Error("x")]) {
    const error = assertThrows(() =>
      readOption("a", () => {
        throw thrown;
      })
    );
    assertEquals(error, thrown);
  }
});
