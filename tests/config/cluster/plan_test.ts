import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { parseConfig } from "../../../src/agent/config.ts";
import { planOf } from "../../../src/config/cluster/plan.ts";
import type { CheckPlan } from "../../../src/core/cluster/status.ts";

function plan(text: string, env: Readonly<Record<string, string>> = {}) {
  return planOf(parseConfig(text, { env: (name) => env[name] })) as CheckPlan;
}

const A = "a: { type: tcp, port: 1, interval: 5s }";
const B = 'b: { type: http, url: "http://x/", headers: { k: v, l: w } }';

const CHECKS = `checks: { ${A}, ${B} }`;

const { hash } = plan(CHECKS);

Deno.test("the hash of a plan is 64 bits", () => {
  assertMatch(hash, /^[\da-f]{16}$/);
  // Agents of all machines and versions have to agree on it.
  const least = plan("checks: { a: { type: tcp, port: 1 } }");
  assertEquals(least.hash, "1a1a19aac29f0c51");
});

/** Configs whose agents share their checks. */
const SAME: readonly string[] = [
  `checks: { ${B}, ${A} }`,
  "checks: { a: { interval: 5s, port: 1, type: tcp }, " +
  'b: { headers: { l: w, k: v }, type: http, url: "http://x/" } }',
  "checks:\n  a: { type: tcp, port: 1, interval: 5s }\n" +
  '  b:\n    type: http\n    url: http://x/\n    headers: { k: "v", l: w }\n',
  `{ cluster: { servers: "nats://a", id: x, region: eu }, ${CHECKS} }`,
  `{ cluster: { servers: "nats://b", id: y, labels: { l: m } }, ${CHECKS} }`,
  `{ listen: "127.0.0.1:1", token: x, title: T, timezone: UTC, ${CHECKS} }`,
  `{ history: x.db, concurrency: 5, per_host: 2, ${CHECKS} }`,
  `{ notify: { me: { type: log } }, url: "https://x/", ${CHECKS} }`,
  `{ alive: { url: "https://x/" }, x-y: z, ${CHECKS} }`,
  `{ maintenance: [{ every: "@daily", duration: 1h }], ${CHECKS} }`,
];

for (const text of SAME) {
  Deno.test(`agents share the checks of ${JSON.stringify(text)}`, () => {
    assertEquals(plan(text).hash, hash);
  });
}

Deno.test("a value is the same as a variable and as a default", () => {
  const a = 'a: { type: tcp, port: "${PORT}", interval: 5s }';
  assertEquals(plan(`checks: { ${a}, ${B} }`, { PORT: "1" }).hash, hash);
  assertNotEquals(plan(`checks: { ${a}, ${B} }`, { PORT: "2" }).hash, hash);
  const one = "checks: { a: { type: tcp, port: 1, interval: 5s } }";
  const other =
    "defaults: { interval: 5s }\nchecks: { a: { type: tcp, port: 1 } }";
  assertEquals(plan(one).hash, plan(other).hash);
});

const CLUSTER = "cluster: { servers: nats://x }";

Deno.test("no two different checks have the same hash", () => {
  const texts = [
    CHECKS,
    `checks: { ${A} }`,
    `checks: { ${B} }`,
    `checks: { a: { type: tcp, port: 2, interval: 5s }, ${B} }`,
    `checks: { a: { type: tcp, port: 1, interval: 6s }, ${B} }`,
    `checks: { c: { type: tcp, port: 1, interval: 5s }, ${B} }`,
    `checks: { a: { type: tcp, port: 1, interval: 5s, group: g }, ${B} }`,
    `{ defaults: { retries: 5 }, ${CHECKS} }`,
    // What two checks have is not mixed up.
    "checks: { a: { type: tcp, port: 1 }, b: { type: tcp, port: 2 } }",
    "checks: { a: { type: tcp, port: 2 }, b: { type: tcp, port: 1 } }",
    // A map is not the list of its entries.
    'checks: { a: { type: http, url: "http://x/", json: { x: { y: 1 } } } }',
    'checks: { a: { type: http, url: "http://x/", json: { x: [[y, 1]] } } }',
    `${CLUSTER}\nchecks: { a: { type: tcp, port: 1, from: [eu, us] } }`,
    `${CLUSTER}\nchecks: { a: { type: tcp, port: 1, from: { regions: [eu, us], need: 1 } } }`,
    "checks: { a: { type: command, command: x, env: { N: 12345678901234567890 } } }",
    "checks: { a: { type: command, command: x, env: { N: 12345678901234567891 } } }",
  ];
  const hashes = texts.map((text) => plan(text).hash);
  assertEquals(new Set(hashes).size, texts.length);
});

Deno.test("a plan has the ids in their order, and from where they are run", () => {
  const from = "from: { regions: [eu, us], need: 2, labels: { disk: ssd } }";
  const { checks } = plan(
    `${CLUSTER}\nchecks: { b: { type: tcp, port: 1, ${from} }, a: { type: tcp, port: 1 } }`,
  );
  assertEquals(checks, [
    {
      id: "b",
      from: { regions: ["eu", "us"], labels: { disk: "ssd" } },
      need: 2,
    },
    { id: "a" },
  ]);
});
