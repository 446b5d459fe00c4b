import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { parseYaml } from "../../src/config/yaml/yaml.ts";
import { toConfigText } from "../../src/import/config_text.ts";

const PLAIN = { comments: [], defaults: {} };

Deno.test("toConfigText() writes what can be read, with comments on lines of their own", () => {
  const text = toConfigText([{
    id: "web",
    comments: ["compose.yaml: services.web", "two\nlines"],
    fields: {
      type: "http",
      url: "http://127.0.0.1/",
      retries: 3,
      status: undefined,
      headers: { "X-A": "1", "a b": "c: d" },
      interval: "1m30s",
      host: "127.0.0.1",
      command: ["a", "b c"],
      group: "yes",
      type2: "a: b",
    },
  }], { comments: ["top"], defaults: { backoff: false } });
  assertEquals(
    text,
    `# top
defaults: { backoff: false }
checks:
  # compose.yaml: services.web
  # two lines
  web:
    type: http
    url: http://127.0.0.1/
    retries: 3
    headers: { X-A: "1", "a b": "c: d" }
    interval: 1m30s
    host: 127.0.0.1
    command: ["a", "b c"]
    group: "yes"
    type2: "a: b"
`,
  );
});

Deno.test("toConfigText() writes any text so that it is read as itself", () => {
  const any = fc.oneof(
    fc.string({ unit: "binary", maxLength: 50 }),
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      "null",
      "True",
      "~",
      "1e3",
      "0x1",
      ".inf",
      "1:30",
      "a:",
      "-",
      "a #b",
      "\u007f",
      "\u0080",
      "\u0085",
      "\ufeff",
      "\uffff",
      "\ud800",
      "x".repeat(2000),
    ),
  );
  fc.assert(
    fc.property(any, any, any, (id, value, comment) => {
      const fields = { value, list: [value], map: { [id]: value } };
      const text = toConfigText([{ id, comments: [comment], fields }], PLAIN);
      assertEquals(
        JSON.stringify(parseYaml(text)),
        JSON.stringify({ checks: { [id]: fields } }),
      );
    }),
    { numRuns: 1000 },
  );
  assertStringIncludes(
    toConfigText([{ id: "no", comments: [], fields: {} }], PLAIN),
    '"no"',
  );
});
