import { assert, assertEquals } from "@std/assert";
import type { ConfigIssue } from "../../../../src/schema/issue.ts";
import { validate } from "../../../../src/schema/validate.ts";
import { RECEIVERS } from "../../../../src/sinks/notify/receivers/table.ts";

for (const [type, receiver] of Object.entries(RECEIVERS)) {
  const { properties, required = [] } = receiver;

  Deno.test(`${type} has one name, and one way to deliver`, () => {
    assertEquals(receiver.type, type);
    assert(
      (receiver.toRequests === undefined) !== (receiver.deliver === undefined),
    );
  });

  Deno.test(`${type} describes its options`, () => {
    for (const key of required) assert(Object.hasOwn(properties, key), key);
    for (const [key, schema] of Object.entries(properties)) {
      assert(schema.description, key);
      assert(!schema.description.endsWith("."), key);
      for (const example of [...schema.examples ?? [], schema.default]) {
        // A variable stands for another string.
        if (example === undefined || /^\$\{\w+\}$/.test(`${example}`)) continue;
        const issues: ConfigIssue[] = [];
        validate(example, schema, key, issues);
        assertEquals(issues, []);
      }
    }
  });
}
