import { assertEquals } from "@std/assert";
import { compareChecks } from "../../src/config/compare.ts";
import { parseConfig } from "../../src/agent/config.ts";

/** What becomes of a file, in the ids of its checks. */
function compared(
  before: string,
  after: string,
  env: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  const [old, now] = [before, after].map((text) =>
    parseConfig(text, { env: (name) => env[name] }).checks
  );
  const { added, removed, changed, isOrderNew } = compareChecks(old!, now!);
  return {
    added: added.map(({ id }) => id),
    removed,
    changed: changed.map(({ id }) => id),
    isOrderNew,
  };
}

const SAME = { added: [], removed: [], changed: [], isOrderNew: false };

const TWO = `
defaults: { interval: 5s }
checks:
  a: { type: tcp, port: 1 }
  b: { type: http, url: "http://localhost/", json: { x: 1, y: 2 }, interval: 1s }
`;

const CASES: readonly [what: string, after: string, Record<string, unknown>][] =
  [
    ["the same text", TWO, {}],
    ["another notation", TWO.replace("{ x: 1, y: 2 }", "{ y: 2, x: 1 }"), {}],
    ["a comment", `# nothing\n${TWO}`, {}],
    ["a default that was said before", TWO.replace("interval: 1s", ""), {
      changed: ["b"],
    }],
    ["another default, for those it holds for", TWO.replace("5s", "6s"), {
      changed: ["a"],
    }],
    ["a default that says what a check said", TWO.replace("5s", "1s"), {
      changed: ["a"],
    }],
    [
      "a default that holds for some kinds only",
      TWO.replace("5s", "5s, address: localhost"),
      {
        changed: ["a", "b"],
      },
    ],
    ["another probe", TWO.replace("port: 1", "port: 2"), { changed: ["a"] }],
    ["another group", TWO.replace("port: 1", "port: 1, group: x"), {
      changed: ["a"],
    }],
    [
      "another type",
      TWO.replace("type: tcp, port: 1", "type: command, command: a"),
      {
        changed: ["a"],
      },
    ],
    ["a new one", `${TWO}  c: { type: tcp, port: 3 }`, { added: ["c"] }],
    ["a lost one", TWO.replace(/ {2}b: .*\n/, ""), { removed: ["b"] }],
    ["another name", TWO.replace("a:", "z:"), {
      added: ["z"],
      removed: ["a"],
    }],
    ["another order", TWO.replace(/( {2}a: .*\n)( {2}b: .*\n)/, "$2$1"), {
      isOrderNew: true,
    }],
    [
      "a new one in between",
      TWO.replace("  b:", "  c: { type: tcp, port: 3 }\n  b:"),
      {
        added: ["c"],
      },
    ],
    ["settings of the agent", `listen: false\nconcurrency: 1\n${TWO}`, {}],
  ];

for (const [what, after, expected] of CASES) {
  Deno.test(`compareChecks() finds ${what}`, () => {
    assertEquals(compared(TWO, after), { ...SAME, ...expected });
  });
}

Deno.test("compareChecks() goes by the values of variables, and by whether they are secret", () => {
  const env = {
    NAME: "localhost",
    TOKEN: "localhost",
    OTHER_TOKEN: "localhost",
  };
  const of = (host: string): string =>
    `checks: { a: { type: tcp, port: 1, host: "${host}" } }`;
  const changed = { ...SAME, changed: ["a"] };
  assertEquals(compared(of("localhost"), of("localhost"), env), SAME);
  assertEquals(compared(of("localhost"), of("${NAME}"), env), SAME);
  assertEquals(compared(of("${NAME}"), of("127.0.0.1"), env), changed);
  assertEquals(compared(of("localhost"), of("${TOKEN}"), env), changed);
  assertEquals(compared(of("${TOKEN}"), of("localhost"), env), changed);
  assertEquals(compared(of("${TOKEN}"), of("${OTHER_TOKEN}"), env), changed);
  assertEquals(compared(of("${TOKEN}"), of("${TOKEN}"), env), SAME);
  assertEquals(compared(of("${NONE:-x}"), of("x"), env), SAME);
});

Deno.test("compareChecks() notices that a header comes from a variable now", () => {
  const env = { A: "hunter22" };
  const of = (value: string): string =>
    `checks: { a: { type: http, url: "http://x/", headers: { a: "${value}" } } }`;
  const changed = { ...SAME, changed: ["a"] };
  assertEquals(compared(of("hunter22"), of("${A}"), env), changed);
  assertEquals(compared(of("${A}"), of("hunter22"), env), changed);
  assertEquals(compared(of("${A}"), of("${A}"), env), SAME);
});

Deno.test("compareChecks() takes checks that are from no config for changed, unless they are the same", () => {
  const [check] = parseConfig("checks: { a: { type: tcp, port: 1 } }").checks;
  const other = { ...check! };
  assertEquals(compareChecks([other], [other]).changed, []);
  assertEquals(compareChecks([check!], [other]).changed, [other]);
});
