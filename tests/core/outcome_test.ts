import { assertEquals } from "@std/assert";
import { error, fail, pass, warn } from "../../src/core/outcome.ts";

Deno.test("pass() has no reason, and a detail only if there is one", () => {
  assertEquals(pass(), { verdict: "pass" });
  assertEquals(pass({ httpStatus: 200 }), {
    verdict: "pass",
    detail: { httpStatus: 200 },
  });
});

for (const [verdict, make] of Object.entries({ warn, fail, error })) {
  Deno.test(`${verdict}() has a reason, and a detail only if there is one`, () => {
    const reason = { code: "status", message: "Expected 200, got 500" };
    assertEquals<unknown>(make(reason), { verdict, reason });
    const message = "Expected 200,\n got 500\0";
    assertEquals<unknown>(
      make({ code: "status", message }, { httpStatus: 500 }),
      { verdict, reason, detail: { httpStatus: 500 } },
    );
  });
}
