import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConfigError, loadConfig } from "../../../src/agent/config.ts";
import { OptionError } from "../../../src/core/option_error.ts";
import type { ReasonCode } from "../../../src/core/types.ts";
import {
  Assertions,
  loadAssertions,
} from "../../../src/probes/http/assert/assertions.ts";
import type { Seen } from "../../../src/probes/http/assert/seen.ts";
import { Body } from "../../../src/probes/http/body.ts";
import { http } from "../../../src/probes/http/http.ts";
import { runScript, temporaryFile } from "../../support/program.ts";
import {
  assertOutcome,
  assertPass,
  attempted,
  patient,
} from "../../support/outcomes.ts";
import { httpServer } from "../../support/servers.ts";

const BODY = `{
  "queue": { "length": 250 },
  "items": [],
  "used": 90,
  "max": 80,
  "ratio": 1.0,
  "half": 0.5,
  "id": 18446744073709551615,
  "next": 9007199254740993,
  "list": [{ "ok": true }, { "ok": false }],
  "text": "217.2",
  "nothing": null,
  "a b": "c"
}`;

function seenOf(body: string, limit?: number): Seen {
  return {
    status: 200,
    headers: new Headers({ "content-type": "application/json" }),
    body: new Body(new TextEncoder().encode(body), null, limit),
    durationMs: 1200.5,
  };
}

const TRUE: readonly string[] = [
  "true",
  "body.queue.length < 1000 && size(body.items) == 0",
  "status == 200",
  "status in [200, 204]",
  'headers["content-type"].startsWith("application/")',
  '"content-type" in headers && !("x" in headers)',
  'headers["Content-TYPE"].endsWith("json") && "Content-Type" in headers',
  '!("X" in headers) && !has(headers.Server) && size(headers) == 1',
  'headers.exists(name, name == "content-type" && headers[name] != "")',
  'headers[?"Content-Type"].orValue("") == "application/json"',
  'headers == {"content-type": "application/json"}',
  'text.contains("queue")',
  'text.matches("^[{]")',
  'duration > duration("1200ms") && duration < duration("1s201ms")',
  "body.used + 1 == 91",
  "body.used * 1.5 == 135.0",
  "body.half * 2 == 1",
  "body.used / 2 > 40 && body.half / 2 == 0.25 && 1 - body.half == 0.5",
  "body.ratio / 2 == 0.5",
  "body.id == 18446744073709551615u",
  "body.id != 18446744073709551614u",
  "body.next == 9007199254740993",
  "body.next != 9007199254740992",
  "double(body.text) < 400",
  'body["a b"] == "c"',
  "body.nothing == null",
  "has(body.used) && !has(body.other)",
  "body.list.exists(x, x.ok) && !body.list.all(x, x.ok)",
  "body.list.filter(x, x.ok).size() == 1",
  "body.list.map(x, x.ok) == [true, false]",
  "body.?other.orValue(7) == 7",
  // What is missing does not count where it does not matter.
  "status == 200 || body.other.deep",
];

const FALSE: readonly (readonly [
  expression: string,
  code: ReasonCode,
  message: string,
])[] = [
  [
    "body.queue.length < 100 && size(body.items) > 0",
    "body",
    "Expected body.queue.length < 100, got 250",
  ],
  [
    "body.queue.length < 1000 && (size(body.items) > 0)",
    "body",
    "Expected size(body.items) > 0, got 0",
  ],
  [
    "body.used < body.max",
    "body",
    "Expected body.used < body.max, got body.used 90 and body.max 80",
  ],
  [
    "body.used < 5 || body.max < 5",
    "body",
    "Expected body.used < 5 || body.max < 5, got body.used 90 and body.max 80",
  ],
  ["!(body.used > 5)", "body", "Expected !(body.used > 5), got 90"],
  [
    "status == 200 ? body.max > 100 : true",
    "body",
    "Expected body.max > 100, got 80",
  ],
  [
    "body.list.all(x, x.ok)",
    "body",
    'Expected body.list.all(x, x.ok), got [{"ok":true},{"ok":false}]',
  ],
  ["body.id < 5", "body", "Expected body.id < 5, got 18446744073709551615"],
  ["body.text > 400", "body", 'Expected body.text > 400, got "217.2"'],
  ["body.used", "body", "Expected body.used, got 90"],
  ["body.other < 1", "body", "Expected body.other < 1, got no body.other"],
  [
    "body.other.deep < 1",
    "body",
    "Expected body.other.deep < 1, got no body.other",
  ],
  [
    // What is false says more than what is missing.
    "body.other < 1 && body.used < 1",
    "body",
    "Expected body.used < 1, got 90",
  ],
  ["has(body.other)", "body", "Expected has(body.other), got no body.other"],
  ["!has(body.used)", "body", "Expected !has(body.used), got 90"],
  ["body.list[5].ok", "body", "Expected body.list[5].ok, got no body.list[5]"],
  [
    "size(body.nothing) > 1",
    "body",
    "Expected size(body.nothing) > 1, got an error: found no matching overload for 'size(null)'",
  ],
  ["status == 404", "status", "Expected status == 404, got 200"],
  [
    'headers["content-type"] == "text/html"',
    "header",
    'Expected headers["content-type"] == "text/html", got "application/json"',
  ],
  [
    'headers.server == "x"',
    "header",
    'Expected headers.server == "x", got no headers.server',
  ],
  [
    'duration < duration("1200ms")',
    "latency",
    'Expected duration < duration("1200ms"), got 1.2005s',
  ],
  [
    'headers["X-A"] == "x"',
    "header",
    'Expected headers["X-A"] == "x", got no headers["X-A"]',
  ],
  ["false", "body", "Expected false, got false"],
  [
    "body.list[1].ok ? true : false",
    "body",
    "Expected body.list[1].ok ? true : false, got body.list[1].ok false",
  ],
  [
    "status == 200 ? false : true",
    "status",
    "Expected status == 200 ? false : true, got status 200",
  ],
  [
    "status == 200 && (body.used > body.max ? false : true)",
    "body",
    "Expected body.used > body.max ? false : true, got body.used 90 and body.max 80",
  ],
];

for (const expression of TRUE) {
  Deno.test(`assert finds that ${expression}`, async () => {
    const assertions = new Assertions([expression]);
    assertEquals(await assertions.reasonAgainst(seenOf(BODY)), undefined);
  });
}

for (const [expression, code, message] of FALSE) {
  Deno.test(`assert says why not ${expression}`, async () => {
    const assertions = new Assertions(["true", expression, "1 < 0"]);
    assertEquals(await assertions.reasonAgainst(seenOf(BODY)), {
      code,
      message,
    });
  });
}

Deno.test("assert says that a body is not JSON only where that matters", async () => {
  const seen = seenOf("<html>");
  for (
    const [expression, message] of [
      ['status == 200 && text.contains("html")', undefined],
      ["status == 200 || body.ok", undefined],
      ["status == 503 || body.ok", 'Expected a JSON body, got "<html>"'],
      ["status == 503 && body.ok", "Expected status == 503, got 200"],
    ] as const
  ) {
    const reason = await new Assertions([expression]).reasonAgainst(seen);
    assertEquals(reason?.message, message);
  }
});

Deno.test("assert names the limit that cut a body", async () => {
  const seen = seenOf('{"a": 1', 7);
  assertEquals(
    (await new Assertions(["body.a == 1"]).reasonAgainst(seen))?.message,
    "Expected a JSON body of at most 7 bytes, got a longer one",
  );
  assertEquals(
    (await new Assertions(['text.contains("b")']).reasonAgainst(seen))?.message,
    'Expected text.contains("b"), got "{\\"a\\": 1" in the first 7 bytes of the body',
  );
});

const INVALID: readonly (readonly [expression: string, problem: string])[] = [
  ["body.x <", "unexpected token: EOF at the end"],
  ["body.a b", "unexpected character: 'b' at character 8"],
  ["'a", "unterminated string at character 1"],
  ["staus == 200", "unknown variable: staus at character 1"],
  ["status == '200'", "no such overload: int == string at character 1"],
  [
    "duration < 500",
    'no such overload: duration < int at character 1; write a duration such as duration("500ms")',
  ],
  [
    "size(1) > 0",
    "found no matching overload for 'size(int)' at character 1",
  ],
  ["status + 1", "expected true or false of it, got int"],
];

for (const [expression, problem] of INVALID) {
  Deno.test(`assert refuses ${expression}`, async () => {
    await loadAssertions();
    const error = assertThrows(
      () => http("http://127.0.0.1:1/", { assert: ["true", expression] }),
      OptionError,
    );
    assertEquals([error.option, error.problem], ["assert[1]", problem]);
  });
}

Deno.test("assert takes a list of strings", () => {
  for (const assert of ["true", [1], {}, null]) {
    assertThrows(
      () => http("http://127.0.0.1:1/", { assert: assert as string[] }),
      OptionError,
      "assert: expected a list of strings",
    );
  }
});

Deno.test("loadConfig() finds every problem of the expressions, with its place", async () => {
  await using file = await temporaryFile(`
checks:
  web: { type: http, url: "http://127.0.0.1:1/", assert: ["true", "body.x <"] }
  api: { type: http, url: "http://127.0.0.1:1/", assert: ["status"] }
  odd: { type: http, url: "http://127.0.0.1:1/", assert: "status == 200" }
`);
  const { issues } = await assertRejects(
    () => loadConfig(file.path),
    ConfigError,
  );
  assertEquals(issues, [
    {
      path: "checks.web.assert[1]",
      message: "unexpected token: EOF at the end",
    },
    {
      path: "checks.api.assert[0]",
      message: "expected true or false of it, got int",
    },
    {
      path: "checks.odd.assert",
      message: 'expected a list of CEL expressions, got "status == 200"',
    },
  ]);
});

Deno.test("http() asserts something of an answer", async () => {
  await using server = httpServer(() =>
    Response.json({ queue: 250 }, { status: 503, headers: { "x-a": "b" } })
  );
  const url = `http://${server.authority}/`;
  const attempt = (assert: string[]) =>
    http(url, { status: "100-599", assert })(patient());
  assertPass(
    await attempt([
      "status == 503 && body.queue > 1",
      'headers["x-a"] == "b" && duration < duration("10s")',
    ]),
    { httpStatus: 503 },
  );
  assertOutcome(
    await attempt(["status == 503", "body.queue < 100"]),
    ["fail", "body"],
    "Expected body.queue < 100, got 250",
  );
});

Deno.test("http() loads the library for assert when it is first used, without a permission", async () => {
  await using server = httpServer(() => Response.json({ ok: true, n: 3 }));
  const { stdout, stderr } = await runScript("tests/support/assert_main.ts", {
    flags: [`--allow-net=${server.authority}`],
    args: [
      `http://${server.authority}/`,
      "body.ok",
      "body.n > 5",
      "body.n >",
    ],
  });
  assertEquals(stderr, "");
  assertEquals(
    stdout,
    "pass  \n" +
      "fail body Expected body.n > 5, got 3\n" +
      "error internal Expected a valid expression as assert[0]: unexpected token: EOF at the end\n",
  );
});

Deno.test("a reason of assert shows no secret", async () => {
  await using server = httpServer(() => Response.json({ key: "hunter2222" }));
  await using file = await temporaryFile(`
checks:
  web:
    type: http
    url: http://${server.authority}/
    headers: { authorization: "Bearer hunter2222" }
    assert: ['body.key == "other"']
  own:
    type: http
    url: http://${server.authority}/
    assert: ['body.key != "\${API_TOKEN}"']
`);
  const { checks } = await loadConfig(file.path, {
    env: () => "hunter2222",
  });
  const outcomes = await Promise.all(
    checks.map(({ probe }) => attempted(probe)),
  );
  assertEquals(outcomes.map(({ reason }) => reason?.message), [
    'Expected body.key == "other", got "***"',
    'Expected body.key != "${API_TOKEN}", got "${API_TOKEN}"',
  ]);
});
