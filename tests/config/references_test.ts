import { assertEquals, assertThrows } from "@std/assert";
import {
  builtInKinds,
  type Config,
  ConfigError,
  loadConfig,
  parseConfig,
} from "../../src/agent/config.ts";
import { folderOf } from "../support/plugins.ts";

const kinds = await builtInKinds(["quorum"]);

function parse(checks: string): Config {
  return parseConfig(`checks: ${checks}`, { kinds, env: () => undefined });
}

const A = "a: { type: tcp, port: 1 }, b: { type: tcp, port: 2 }";

/** Checks beside `a` and `b`, and the problems they make. */
const WRONG: readonly (readonly [string, string[]])[] = [
  [
    "q: { type: quorum, of: [a, backupp], need: 1 }, backup: { type: tcp, port: 3 }",
    ['checks.q.of[1]: there is no check "backupp"; did you mean "backup"?'],
  ],
  [
    "q: { type: quorum, of: [q], need: 1 }",
    ['checks.q.of[0]: expected no circle, got "q" -> "q"'],
  ],
  [
    "q: { type: quorum, of: [a, r], need: 1 }, r: { type: quorum, of: [s], need: 1 }, s: { type: quorum, of: [b, q], need: 1 }",
    ['checks.s.of[1]: expected no circle, got "q" -> "r" -> "s" -> "q"'],
  ],
  [
    "q: { type: quorum, of: [a, b], need: 3 }",
    ["checks.q.need: expected all, any, or a number from 1 to 2, got 3"],
  ],
  [
    "q: { type: quorum, of: [a, a], need: 1 }",
    ['checks.q.of: expected each check once, got "a" twice'],
  ],
  [
    "q: { type: quorum, of: [], need: 1 }",
    ["checks.q.of: expected a list of ids of checks, got an empty list"],
  ],
  [
    "q: { type: quorum, of: [a], need: most }",
    ['checks.q.need: expected all, any, or a whole number of 1 or more, got "most"'],
  ],
  [
    "q: { type: quorum, of: [a], need: 1, retries: 3 }",
    ["checks.q.retries: unknown key; expected one of type, of, need, group, depends_on, from, name, description, link"],
  ],
  [
    "c: { type: tcp, port: 3, depends_on: [b, ccc] }",
    ['checks.c.depends_on[1]: there is no check "ccc"'],
  ],
  [
    "c: { type: tcp, port: 3, depends_on: [c] }",
    ['checks.c.depends_on[0]: expected no circle, got "c" -> "c"'],
  ],
  [
    "c: { type: tcp, port: 3, depends_on: [a, q] }, q: { type: quorum, of: [a], need: 1, depends_on: [c] }",
    ['checks.q.depends_on[0]: expected no circle, got "c" -> "q" -> "c"'],
  ],
  [
    "c: { type: tcp, port: 3, depends_on: a }",
    ['checks.c.depends_on: expected a list of ids of checks, got "a"'],
  ],
];

for (const [checks, problems] of WRONG) {
  Deno.test(`a config is refused with ${checks}`, () => {
    const { issues } = assertThrows(
      () => parse(`{ ${A}, ${checks} }`),
      ConfigError,
    );
    assertEquals(
      issues.map(({ path, message }) => `${path}: ${message}`),
      problems,
    );
  });
}

Deno.test("a quorum may refer to what comes after it, and to other quorums", () => {
  const { checks } = parse(
    `{ q: { type: quorum, of: [r, b], need: any }, r: { type: quorum, of: [a, b], need: all }, ${A} }`,
  );
  assertEquals(checks[0]!.references, ["r", "b"]);
  assertEquals(checks[0]!.probe.target, "any of r, b");
});

Deno.test("defaults of the policy are not for passive checks", () => {
  const { checks } = parseConfig(
    `{ defaults: { retries: 5 }, checks: { ${A}, q: { type: quorum, of: [a], need: 1, group: x } } }`,
    { kinds, env: () => undefined },
  );
  assertEquals(checks.at(-1)!.options, { group: "x" });
});

Deno.test("parseConfig() says that only loadConfig() loads a kind", () => {
  const { message } = assertThrows(
    () => parseConfig("checks: { q: { type: quorum, of: [q], need: 1 } }"),
    ConfigError,
  );
  assertEquals(
    message,
    "config: 1 problem\n  checks.q.type: only loadConfig() loads this kind; pass await builtInKinds() to parseConfig()",
  );
});

Deno.test("loadConfig() loads the kinds that a file names, and no others", async () => {
  await using folder = await folderOf({
    "one.yaml": `checks: { ${A}, q: { type: quorum, of: [a], need: 1 } }`,
    "none.yaml": `checks: { ${A} }`,
    "wrong.yaml": `checks: { a: { type: quorom } }`,
  });
  const one = await loadConfig(`${folder.path}/one.yaml`);
  assertEquals(Object.keys(one.kinds), ["tcp", "http", "command", "quorum"]);
  const none = await loadConfig(`${folder.path}/none.yaml`);
  assertEquals(Object.keys(none.kinds), ["tcp", "http", "command"]);
  const { message } = await loadConfig(`${folder.path}/wrong.yaml`)
    .then(() => new Error("taken"), (error) => error as Error);
  assertEquals(message.includes('did you mean "quorum"?'), true, message);
});

Deno.test("checks depend on others, by their own key or by the default", () => {
  const { checks } = parseConfig(
    `
defaults: { depends_on: [net] }
checks:
  net: { type: quorum, of: [a, b], need: any }
  ${A.replaceAll(", b", "\n  b")}
  own: { type: tcp, port: 3, depends_on: [a, net] }
  none: { type: tcp, port: 4, depends_on: [] }
`,
    { kinds, env: () => undefined },
  );
  // One of those that it is made of may depend on it.
  assertEquals(
    Object.fromEntries(checks.map(({ id, dependsOn }) => [id, dependsOn])),
    {
      net: undefined,
      a: ["net"],
      b: ["net"],
      own: ["a", "net"],
      none: undefined,
    },
  );
});

for (
  const [defaults, own, message] of [
    [
      "[nett]",
      "",
      'defaults.depends_on[0]: there is no check "nett"; did you mean "net"?',
    ],
    [
      "[net]",
      "depends_on: [a]",
      'defaults.depends_on[0]: expected no circle, got "net" -> "a" -> "net"',
    ],
  ] as const
) {
  Deno.test(`a config is refused with the default ${defaults} and ${own}`, () => {
    const { issues } = assertThrows(
      () =>
        parseConfig(
          `{ defaults: { depends_on: ${defaults} }, checks: { net: { type: tcp, port: 9, ${own} }, ${A} } }`,
        ),
      ConfigError,
    );
    assertEquals(
      issues.map(({ path, message }) => `${path}: ${message}`),
      [message],
    );
  });
}
