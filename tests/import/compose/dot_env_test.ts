import { assertEquals } from "@std/assert";
import { parseDotEnv } from "../../../src/import/compose/dot_env.ts";
import { checksOf, importTexts } from "../../support/imports.ts";

Deno.test("parseDotEnv() reads what Compose reads", () => {
  const text = `\uFEFF# a comment
PLAIN=a b
export EXPORTED=yes
EMPTY=
COMMENT=a # not a
HASH=a#b
SINGLE='a $PLAIN # b'
DOUBLE="a\\n\${PLAIN} \\"b\\"" # c
SPACED = x
YAML: y
LATER=\${PLAIN}/\${HOST_VARIABLE:-none}
PASSWORD=a$(b)
WINDOWS=crlf\r
no assignment
=nothing
`;
  const found = parseDotEnv(
    text,
    (name) => name === "HOST_VARIABLE" ? "here" : undefined,
  );
  assertEquals(Object.fromEntries(found), {
    PLAIN: "a b",
    EXPORTED: "yes",
    EMPTY: "",
    COMMENT: "a",
    HASH: "a#b",
    SINGLE: "a $PLAIN # b",
    DOUBLE: 'a\na b "b"',
    SPACED: "x",
    YAML: "y",
    LATER: "a b/here",
    PASSWORD: "a$(b)",
    WINDOWS: "crlf",
  });
});

/** The text of a value, and the value. */
const VALUES: readonly (readonly [string, string])[] = [
  ["'Let\\'s go!'", "Let's go!"],
  ["'it''s'", "it"],
  [`'a "b" $A \\n'`, 'a "b" $A \\n'],
  ["'a\\\\b'", "a\\\\b"],
  ["'two\nlines'", "two\nlines"],
  ["'a\nNEXT=1\n# b\n'  # c", "a\nNEXT=1\n# b\n"],
  ['"two\n\nlines"', "two\n\nlines"],
  ['"a\r\nb"\r', "a\r\nb"],
  ["a \u2028 b # c\r", "a \u2028 b"],
  [`"it's \\"it\\" \\'s"`, `it's "it" \\'s`],
  ['"\\n\\t\\\\n\\x"', "\n\t\\n\\x"],
  ['"\\0101\\0001"', "A\x01"],
  ['"$A ${A} \\$A $$A"', "1 1 $A $A"],
  ["$A ${A} $$A", "1 1 $A"],
  ["\\$A", "\\1"],
  ["a # b # c", "a"],
  ["a#b", "a#b"],
  [`it's`, "it's"],
  [`a "b"`, `a "b"`],
  ["  a b  ", "a b"],
  ["a=b:c", "a=b:c"],
  ["", ""],
  ["''", ""],
];

for (const [text, value] of VALUES) {
  Deno.test(`parseDotEnv() reads ${JSON.stringify(text)} as Compose does`, () => {
    const found = parseDotEnv(`A=1\nV=${text}\nLAST=2\n`, () => undefined);
    assertEquals(Object.fromEntries(found), { A: "1", V: value, LAST: "2" });
  });
}

for (const text of ["V='a", 'V="a', 'V="a\\"', "=a", "a b", "1=2", "V"]) {
  Deno.test(`parseDotEnv() ignores the line ${JSON.stringify(text)}`, () => {
    const found = parseDotEnv(`A=1\n${text}\nLAST=2`, () => undefined);
    assertEquals(Object.fromEntries(found), { A: "1", LAST: "2" });
  });
}

Deno.test("import compose has the quoted values of .env", async () => {
  const imported = await importTexts(
    "compose",
    'services: { web: { healthcheck: { test: ["CMD", "x", "$PASS", "$ML", "${PORT:-2}"] } } }',
    { files: { ".env": "PASS='Let\\'s go!'\nML='a\nPORT=1\nb'\n" } },
  );
  const { command } = checksOf(imported)["web"]!;
  assertEquals((command as string[]).slice(1), [
    "Let's go!",
    "a\nPORT=1\nb",
    "${PORT:-2}",
  ]);
});
