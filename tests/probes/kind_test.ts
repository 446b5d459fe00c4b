import { assertEquals } from "@std/assert";
import type { Kind } from "../../src/agent/config.ts";
import { builtInKinds } from "../../src/probes/built_in.ts";
import { LAZY_KINDS } from "../../src/probes/table.ts";
import { SCHEMA_SCHEMA } from "../../src/schema/schema_schema.ts";
import { validate } from "../../src/schema/validate.ts";
import type { ConfigIssue } from "../../src/schema/issue.ts";
import { formatTarget, isTarget, parseTarget } from "../../src/cli/target.ts";

interface QueueOptions {
  name: string;
  maxDepth?: number;
}

const make = () => {
  throw new TypeError("Not needed");
};

Deno.test("the compiler finds an option without a schema, and a schema without an option", () => {
  const right: Kind<QueueOptions> = {
    make,
    schema: { properties: { name: {}, max_depth: {} } },
  };
  const withoutSchema: Kind<QueueOptions> = {
    make,
    // @ts-expect-error: There is no schema of max_depth.
    schema: { properties: { name: {} } },
  };
  const withoutOption: Kind<QueueOptions> = {
    make,
    // @ts-expect-error: There is no option minDepth.
    schema: { properties: { name: {}, max_depth: {}, min_depth: {} } },
  };
  const camelCased: Kind<QueueOptions> = {
    make,
    // @ts-expect-error: A config file has its names in snake_case.
    schema: { properties: { name: {}, maxDepth: {} } },
  };
  for (const kind of [right, withoutSchema, withoutOption, camelCased]) {
    assertEquals(typeof kind.make, "function");
  }
});

const KINDS = await builtInKinds();

for (const [type, kind] of Object.entries(KINDS)) {
  Deno.test(`the schema of ${type} has no keyword that validate() does not know`, () => {
    const issues: ConfigIssue[] = [];
    validate(kind.schema, SCHEMA_SCHEMA, type, issues);
    assertEquals(issues, []);
  });

  Deno.test(`${type} names nothing in its defaults and requirements but options`, () => {
    const { schema, defaults = {} } = kind;
    const names = [
      ...schema.required ?? [],
      ...Object.keys(defaults),
      ...Object.values(defaults).flat(),
    ];
    assertEquals(names.filter((name) => !(name in schema.properties)), []);
  });

  Deno.test(`a target of ${type} is of the forms that it tells`, () => {
    const { prefixes = [], forms = [] } = kind.target ?? {};
    const { target: told } = LAZY_KINDS[type]!;
    assertEquals(told?.prefixes ?? [], prefixes);
    assertEquals(told?.pattern, kind.target?.pattern);
    assertEquals(told?.forms ?? [], forms);
    for (const form of forms) {
      const target = form.replace("HOST", "db").replace("PORT", "5432")
        .replace("PATH", "health").replace("NAME", "a.example").replace(
          "SERVICE",
          "shop",
        ).replace("COMMAND", "exit 0");
      const probe = parseTarget(target, KINDS);
      assertEquals(probe.type, type);
      assertEquals(isTarget(formatTarget(probe, KINDS)), true);
      assertEquals(
        parseTarget(formatTarget(probe, KINDS), KINDS).target,
        probe.target,
      );
    }
  });
}
