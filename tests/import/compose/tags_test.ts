import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { withTagsInKeys } from "../../../src/import/compose/tags.ts";
import { parseYaml } from "../../../src/config/yaml/yaml.ts";
import { checksOf, importTexts, issuesOf } from "../../support/imports.ts";

/** A text with tags, and the value of the same text with the tags in the keys. */
const TAGGED: readonly (readonly [string, unknown])[] = [
  ["a: !reset null", { "a !reset": null }],
  ["a: !override\n  b: 1", { "a !override": { b: 1 } }],
  ["a:\n  !override\n  b: 1", { "a !override": { b: 1 } }],
  ["a:\n  # no more\n\n  !reset\n  b: 1\nc: 2", { "a !reset": { b: 1 }, c: 2 }],
  ["a: # no more\n  !reset []", { "a !reset": [] }],
  ['"a": !reset {}', { "a !reset": {} }],
  ["'a': !reset\nb: 1", { "a !reset": null, b: 1 }],
  ['"a \\"b\\"" : !override x', { 'a "b" !override': "x" }],
  ["'it''s': !override x", { "it's !override": "x" }],
  ["a b.c-d/e: !override x", { "a b.c-d/e !override": "x" }],
  ["a  : !override x", { "a !override": "x" }],
  ["80: !override x\n79: y", { "80 !override": "x", "79": "y" }],
  ["été: !reset x", { "été !reset": "x" }],
  ["http://a/b#c: !override x", { "http://a/b#c !override": "x" }],
  ["{ a: !reset x, b: !override [1] }", {
    "a !reset": "x",
    "b !override": [1],
  }],
  ['{"a": !override "x", \'b\': !reset}', {
    "a !override": "x",
    "b !reset": null,
  }],
  ["a: { b: { c: !reset } }", { a: { b: { "c !reset": null } } }],
  ["a:\n  {\n    b:\n      !override [1],\n  }", { a: { "b !override": [1] } }],
  ["- a: !reset 1\n- - b: !override 2", [{ "a !reset": 1 }, [
    { "b !override": 2 },
  ]]],
  ["a: &x !override { b: 1 }\nc: *x", { "a !override": { b: 1 }, c: { b: 1 } }],
  ["a: !override &x { b: 1 }\nc: *x", { "a !override": { b: 1 }, c: { b: 1 } }],
  ["a: !override |\n  b: !reset c\nd: !reset", {
    "a !override": "b: !reset c\n",
    "d !reset": null,
  }],
  ["a: b#c\nd: !reset", { a: "b#c", "d !reset": null }],
  ["a: it's\nb: !reset # it's", { a: "it's", "b !reset": null }],
  ['a: say "x\nb: !reset', { a: 'say "x', "b !reset": null }],
  ["a: [it's, x]\nb: !reset", { a: ["it's", "x"], "b !reset": null }],
  ["a: |\nb: !reset", { a: "", "b !reset": null }],
  ["a: b | c\nd: !reset", { a: "b | c", "d !reset": null }],
  ["- a: |\n  b: !reset", [{ a: "", "b !reset": null }]],
  ["a: !!str 1\nb: !reset", { a: "1", "b !reset": null }],
  ["a:\r\n  !reset\r\nb: !override 1\r\n", {
    "a !reset": null,
    "b !override": 1,
  }],
];

for (const [text, value] of TAGGED) {
  Deno.test(`withTagsInKeys() moves the tags of ${JSON.stringify(text)}`, () => {
    const parsed = parseYaml(withTagsInKeys(text));
    assertEquals(JSON.parse(JSON.stringify(parsed)), value);
  });
}

/** Texts in which nothing is a tag of a key. */
const UNTAGGED = [
  "",
  "a: 1",
  "# a: !reset x",
  "b: 1 # a: !reset x",
  'b: "a: !reset x"',
  "b: 'a: !reset x'",
  'b: "\n  a: !reset x\n"',
  "b: 'it''s a: !reset x'",
  'b: "\\" a: !reset x"',
  "b: |\n  a: !reset x\n\n  c: !override x\n",
  "b: >-\n    a: !reset x\n  c: !override x\n",
  "b: | # x\n  a: !reset x",
  "b: |2\n    a: !reset x",
  "b:\n  - |\n    a: !reset x\n  - c",
  "- - |\n    a: !reset x\n  - c",
  "- b: |\n    a: !reset x\n  c: 1",
  "b: echo !reset x",
  "b: a:!reset x",
  "b: [echo a !reset, x]",
  "a: !resets x",
  "a: !reset.b x",
  "a: ! reset",
  "a: !other x",
  '{"a":"{", ": !reset ": 1}',
  "{'a':'b: !reset x'}",
  '{"a" :"b: !reset x"}',
  "a: [ ] ] }",
  "a: 'unfinished",
  'a: "unfinished',
  "a: b\n---\nc: |",
];

for (const text of UNTAGGED) {
  Deno.test(`withTagsInKeys() changes nothing in ${JSON.stringify(text)}`, () => {
    assertEquals(withTagsInKeys(text), text);
  });
}

Deno.test("withTagsInKeys() changes no JSON, whatever its strings look like", () => {
  const text = fc.array(
    fc.constantFrom(
      ...["a", ": ", "!reset", " ", "\n", '"', "'", "\\", "#", "|", ">", "- "],
      ...["[", "]", "{", "}", ",", "&a", "!override"],
    ),
    { maxLength: 12 },
  ).map((parts) => parts.join(""));
  const value = fc.dictionary(
    text,
    fc.oneof(text, fc.array(text), fc.integer()),
  );
  fc.assert(fc.property(value, fc.constantFrom(0, 2), (value, indent) => {
    const json = JSON.stringify({ a: value }, null, indent);
    assertEquals(withTagsInKeys(json), json);
    // A tag is found after all of it.
    assertEquals(
      withTagsInKeys(`b: ${json}\nc: !reset x`),
      `b: ${json}\nc !reset:  x`,
    );
  }));
});

const BASE = `name: p
services:
  web:
    image: w
    ports: ["8080:80"]
    environment: { PORT: "80", OTHER: "81" }
    healthcheck: { test: [CMD, one], interval: 5s, retries: 7 }
  old: { healthcheck: { test: [CMD, old] } }
`;

/** A later file, and what comes of both. */
const MERGED: readonly (readonly [string, Record<string, unknown>])[] = [
  ["services: { old: !reset null }", { web: "one 5s 7" }],
  ["services: { old: !reset { image: x } }", { web: "one 5s 7" }],
  ["services:\n  old:\n    !reset", { web: "one 5s 7" }],
  ["services: { web: !override { image: z } }", { old: "old 30s 3" }],
  [
    "services: { web: !override { healthcheck: { test: [CMD, two] } } }",
    { web: "two 30s 3", old: "old 30s 3" },
  ],
  [
    'services: { "web": !override { extends: old, healthcheck: { retries: 9 } }, old: {} }',
    { web: undefined, old: "old 30s 3" },
  ],
  ["services: !reset {}", {}],
  [
    "services: !override { new: { healthcheck: { test: [CMD, new] } } }",
    { new: "new 30s 3" },
  ],
  [
    "services: { web: { healthcheck: !override { test: [CMD, two] } } }",
    { web: "two 30s 3", old: "old 30s 3" },
  ],
  ["services: { web: { 'healthcheck': !reset {} } }", { old: "old 30s 3" }],
  [
    "services: { web: { healthcheck: { interval: !reset 1s, retries: !override 2 } } }",
    { web: "one 30s 2", old: "old 30s 3" },
  ],
  [
    "x-a: &a { healthcheck: { test: [CMD, a] } }\nservices: { web: { <<: *a, healthcheck: !reset } }",
    { old: "old 30s 3" },
  ],
  ["# nothing yet", { web: "one 5s 7", old: "old 30s 3" }],
  ["", { web: "one 5s 7", old: "old 30s 3" }],
  ["---\n...\n", { web: "one 5s 7", old: "old 30s 3" }],
  ["null", { web: "one 5s 7", old: "old 30s 3" }],
  ["volumes: { data: {} }", { web: "one 5s 7", old: "old 30s 3" }],
  ["services:", { web: "one 5s 7", old: "old 30s 3" }],
  [
    "services: { old: !reset }\n---\nservices: { web: { healthcheck: { retries: 1 } } }",
    { web: "one 5s 1" },
  ],
  [
    "services: { old: !reset }\n---\nservices: { old: { healthcheck: { test: [CMD, new] } } }",
    { web: "one 5s 7", old: "new 30s 3" },
  ],
];

for (const [later, expected] of MERGED) {
  Deno.test(`import compose merges ${JSON.stringify(later)} as Compose does`, async () => {
    const checks = checksOf(await importTexts("compose", [BASE, later]));
    const found = Object.entries(checks).map(([id, check]) => {
      const test = (check["command"] as string[]).join(" ");
      return [id, `${test} ${check["interval"]} ${check["retries"]}`];
    });
    const wanted = Object.entries(expected).filter(([, it]) => it);
    assertEquals(Object.fromEntries(found), Object.fromEntries(wanted));
  });
}

Deno.test("import compose says nothing of services that are reset", async () => {
  const { warnings } = await importTexts("compose", [
    BASE,
    "services: { old: !reset null }",
  ]);
  assertEquals(warnings, []);
});

Deno.test("import compose has the tags of ports and of variables", async () => {
  const later = (ports: string, environment: string): string =>
    `services: { web: { ports: ${ports}, environment: ${environment}, healthcheck: { test: 'nc -z localhost $$PORT' } } }`;
  const portOf = async (text: string): Promise<unknown> =>
    checksOf(await importTexts("compose", [BASE, text], { native: true }))[
      "web"
    ]?.["port"];
  assertEquals(await portOf(later("[]", "{}")), 8080);
  assertEquals(await portOf(later("!override ['9000:80']", "{}")), 9000);
  assertEquals(await portOf(later("!reset []", "{}")), undefined);
  assertEquals(
    await portOf(later("['1:81']", "{ PORT: !override '81' }")),
    1,
  );
  assertEquals(await portOf(later("['1:81']", "{ PORT: !reset }")), undefined);
  assertEquals(
    await portOf(later("['1:81']", "!override [PORT=81]")),
    1,
  );
  assertEquals(
    await portOf(
      later("[{ target: 81, published: !override '7' }]", "[PORT=81]"),
    ),
    7,
  );
});

Deno.test("import compose has the tags of services that are extended", async () => {
  const base = `services:
  one: { healthcheck: { test: [CMD, one], retries: 5 } }
  two: !override { extends: one, healthcheck: { interval: !reset 1s } }
---
services:
  three: { extends: { service: two }, healthcheck: !override { test: [CMD, three] } }
`;
  const of = async (text: string, file = base) => {
    const check = checksOf(
      await importTexts("compose", [text, "services: {}"], {
        files: { "base.yaml": file },
      }),
    )["web"];
    return check === undefined
      ? undefined
      : `${(check["command"] as string[]).at(-1)} ${check["retries"]}`;
  };
  const extending = (name: string, more = ""): string =>
    `services: { web: { extends: { file: base.yaml, service: ${name} }, ${more} } }`;
  assertEquals(await of(extending("two")), "one 5");
  assertEquals(await of(extending("three")), "three 3");
  assertEquals(await of(extending("two", "healthcheck: !reset")), undefined);
  assertEquals(
    await of(extending("two", "healthcheck: !override { test: [CMD, x] }")),
    "x 3",
  );
  assertEquals(
    await of(
      "services: { web: { extends: one, healthcheck: { retries: !reset } }, one: { healthcheck: { test: [CMD, a], retries: 9 } } }",
    ),
    "a 3",
  );
});

Deno.test("import compose says that files of comments only are no Compose file", async () => {
  assertEquals(
    await issuesOf(importTexts("compose", ["# nothing", "# nothing"])),
    ["expected a Compose file with services"],
  );
  const [found] = await issuesOf(
    importTexts("compose", ["# nothing", "volumes: {}"]),
  );
  assertStringIncludes(found!, "expected a map of services, got nothing");
});
