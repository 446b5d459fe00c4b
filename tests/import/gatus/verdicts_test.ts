import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseConfig } from "../../../src/agent/config.ts";
import { importTexts } from "../../support/imports.ts";
import { patient } from "../../support/outcomes.ts";
import {
  type Asked,
  type HttpServer,
  httpServer,
} from "../../support/servers.ts";

/** An answer, and a condition about it: is it true for Gatus? */
type Row = readonly [condition: string, body: string, isTrue: boolean];

const JSON_BODY = JSON.stringify({
  status: "UP",
  count: 5,
  share: 5.9,
  id: "7",
  ok: true,
  none: null,
  items: [{ name: "a b" }, { name: "c" }],
  "x-y": { in: "z" },
  name: "john.doe",
});

const ROWS: readonly Row[] = [
  ["[STATUS] == 200", "", true],
  ["200 == [STATUS]", "", true],
  ["[STATUS] != 200", "", false],
  ["[status] < 0xC9", "", true],
  ["[STATUS] == any(201, 200)", "", true],
  ["[STATUS] == any(201,204)", "", false],
  ["[STATUS] == pat(2*)", "", true],
  ["[STATUS] == pat(30?)", "", false],
  ["[STATUS] == pat(2[0-9][!1])", "", false],
  ["[STATUS] == pat(2[0-9][^1])", "", true],
  ["300 > [STATUS]", "", true],
  ["[STATUS] <= 199", "", false],
  ["[CONNECTED] == true", "", true],
  ["[RESPONSE_TIME] < 20000", "", true],
  ["[RESPONSE_TIME] < 20s", "", true],
  ["[RESPONSE_TIME] > 20s", "", false],
  ["[BODY] == ok", " ok \n", true],
  ["[BODY] == ok", "ok, then", false],
  ["[BODY] != ok", "ok", false],
  ["[BODY] == pat(*there*)", "hello\nthere\n", true],
  ["[BODY] == pat(*there)", "hello\nthere\n", true],
  ["[BODY] == pat(hello*)", "\n hello\nthere\n", true],
  ["[BODY] == pat(there*)", "hello there", false],
  ["[BODY] == pat(*a.c*)", "abc", false],
  ["[BODY] == pat(*${1}*)", "a 1 b", false],
  ["[BODY] != pat(*down*)", "all up", true],
  ["[BODY] != pat(*up*)", "all up", false],
  ["[BODY] == any(a, b)", "b", true],
  ["[BODY] == any(a, b)", "c", false],
  ["has([BODY]) == true", "x", true],
  ["has([BODY]) == true", " \n", false],
  ["len([BODY]) == 5", "12345", true],
  ["len([BODY]) > 1", "[1,2]", true],
  ["len([BODY]) > 2", "[1,2]", false],
  ["[BODY].status == UP", JSON_BODY, true],
  ["[BODY].status == DOWN", JSON_BODY, false],
  ["[BODY].status == UP", "no JSON", false],
  ["[BODY].status != DOWN", JSON_BODY, true],
  ["[BODY].status != UP", JSON_BODY, false],
  ["[BODY].missing != UP", JSON_BODY, true],
  ["[BODY].none != null", JSON_BODY, true],
  ["[BODY].none == null", JSON_BODY, false],
  ["[BODY].missing == UP", JSON_BODY, false],
  ["[BODY].count == 5", JSON_BODY, true],
  ["[BODY].count == 6", JSON_BODY, false],
  ["[BODY].id == 7", JSON_BODY, true],
  ["[BODY].ok == true", JSON_BODY, true],
  ["[BODY].ok == false", JSON_BODY, false],
  ["[BODY].share == 5.9", JSON_BODY, true],
  ["[BODY].share > 5", JSON_BODY, false],
  ["[BODY].share >= 5", JSON_BODY, true],
  ["[BODY].id > 6", JSON_BODY, true],
  ["[BODY].missing < 10", JSON_BODY, true],
  ["[BODY].missing > 10", JSON_BODY, false],
  ["[BODY].items[0].name == a b", JSON_BODY, true],
  ["[BODY].items[1].name == pat(?)", JSON_BODY, true],
  ["[BODY].items[2].name == c", JSON_BODY, false],
  ["[BODY].x-y.in == z", JSON_BODY, true],
  ["[BODY].x-y.in == 1", JSON_BODY, false],
  ["len([BODY].items) == 2", JSON_BODY, true],
  ["len([BODY].items) < 2", JSON_BODY, false],
  ["len([BODY].missing) < 2", JSON_BODY, true],
  ["len([BODY].missing) == 0", JSON_BODY, false],
  ["len([BODY].name) == 8", JSON_BODY, true],
  ["has([BODY].items) == true", JSON_BODY, true],
  ["has([BODY].none) == true", JSON_BODY, false],
  ["has([BODY].status.deeper) == true", JSON_BODY, false],
  ["has([BODY].missing.deeper) == false", JSON_BODY, true],
  ["has([BODY].items) == false", JSON_BODY, false],
  ["[BODY].name == pat(john.*)", JSON_BODY, true],
  ["[BODY].name == pat(*doe*)", JSON_BODY, true],
  ["[BODY].name == pat(j?n*)", JSON_BODY, false],
  ["[BODY].name != pat(jane*)", JSON_BODY, true],
  ["[BODY].name == any(jane, john.doe)", JSON_BODY, true],
  ["[BODY][1].id == 4", '[{"id":3},{"id":4}]', true],
  ["[BODY][0] == x", '["x"]', true],
  ["[BODY].a == [BODY].b", '{"a":1,"b":"1"}', true],
  ["[BODY].a < [BODY].b", '{"a":1,"b":2}', true],
  ["[BODY].code == [STATUS]", '{"code":200}', true],
];

function urlOf({ port }: HttpServer): string {
  return `http://127.0.0.1:${port}/`;
}

for (const [condition, body, isTrue] of ROWS) {
  Deno.test(`import gatus makes a check of ${condition} that says ${isTrue} of ${JSON.stringify(body)}`, async () => {
    await using server = httpServer(() => new Response(body));
    const endpoint = {
      name: "a",
      url: urlOf(server),
      // Gatus replaces two dollars by one.
      conditions: [condition.replaceAll("$", "$$$$"), "[CONNECTED] == true"],
    };
    const { text, warnings } = await importTexts(
      "gatus",
      JSON.stringify({ endpoints: [endpoint] }),
    );
    assertEquals(warnings, []);
    const { probe } = parseConfig(text!).checks[0]!;
    const { verdict, reason } = await probe(patient());
    assertEquals([verdict === "pass", reason?.message], [
      isTrue,
      isTrue ? undefined : reason?.message,
    ]);
  });
}

Deno.test("import gatus keeps all of several conditions about one thing", async () => {
  const conditions = [
    "[BODY] == pat(*one*)",
    "[BODY] == pat(*two*)",
    "[BODY] != pat(*four*)",
    "[BODY] != pat(*five*)",
    "[STATUS] >= 200",
    "[STATUS] < 300",
    "[STATUS] != 204",
  ];
  const { text } = await importTexts(
    "gatus",
    JSON.stringify({
      endpoints: [{ name: "a", url: "http://localhost/", conditions }],
    }),
  );
  let answer: readonly [number, string] = [200, ""];
  await using server = httpServer(() =>
    new Response(answer[0] === 204 ? null : answer[1], { status: answer[0] })
  );
  const { probe } = parseConfig(
    text!.replace("http://localhost/", urlOf(server)),
  ).checks[0]!;
  const rows: readonly (readonly [number, string, string])[] = [
    [200, "one two three", "pass"],
    [299, "two one", "pass"],
    [300, "one two three", "fail"],
    [204, "", "fail"],
    [200, "one", "fail"],
    [200, "two", "fail"],
    [200, "one two four", "fail"],
    [200, "one two five", "fail"],
  ];
  for (const [status, body, verdict] of rows) {
    answer = [status, body];
    assertEquals(
      (await probe(patient())).verdict,
      verdict,
      `${status} ${body}`,
    );
  }
});

Deno.test("import gatus sends what Gatus sends", async () => {
  await using server = httpServer(() => new Response());
  const endpoint = {
    name: "users of $$5",
    group: "api",
    url: `${urlOf(server)}a`,
    method: "POST",
    graphql: true,
    body: '{ users(of: "[ENDPOINT_GROUP]", name: "[ENDPOINT_NAME]") }',
    headers: { "X-Token": "a${LIFESIGN_TOKEN}b$$c" },
    conditions: ["[STATUS] == 200"],
  };
  const { text, warnings } = await importTexts(
    "gatus",
    JSON.stringify({ endpoints: [endpoint] }),
    { variables: { LIFESIGN_TOKEN: "top secret" } },
  );
  assertEquals(warnings, []);
  assertStringIncludes(text!, 'X-Token: "a${LIFESIGN_TOKEN}b$c"');
  assert(!text!.includes("top secret"), text);
  const { probe } = parseConfig(text!, { env: () => "top secret" }).checks[0]!;
  assertEquals((await probe(patient())).verdict, "pass");
  const [{ method, path, headers, body }] = server.asked as [Asked];
  assertEquals([method, path, JSON.parse(body)], ["POST", "/a", {
    query: '{ users(of: "api", name: "users of $5") }',
  }]);
  assertEquals(headers.get("content-type"), "application/json");
  assertEquals(headers.get("x-token"), "atop secretb$c");
});
