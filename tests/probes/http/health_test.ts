import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { oneLine } from "../../../src/core/text.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { http } from "../../../src/probes/http/http.ts";
import type { HttpOptions } from "../../../src/probes/http/options.ts";
import {
  type Health,
  readHealth as healthOf,
} from "../../../src/probes/http/health.ts";
import { readJson } from "../../../src/probes/http/json_body.ts";
import { createApp } from "../../../src/server/app.ts";
import {
  assertOutcome,
  assertPass,
  attempted,
  timeless,
} from "../../support/outcomes.ts";
import { FAIL, PASS, scripted, WARN } from "../../support/probes.ts";
import { type HttpServer, httpServer } from "../../support/servers.ts";

function readHealth(text: string, limit?: number): Health {
  return healthOf(readJson(text, limit));
}

/** A body, and what is read of it. */
const BODIES: readonly (readonly [unknown, string, string])[] = [
  [{ status: "pass" }, "pass", "Health is pass"],
  [{ status: "ok" }, "pass", "Health is pass"],
  [{ status: "UP" }, "pass", "Health is pass"],
  [{ status: "Warn" }, "warn", "Health is warn"],
  [{ status: "fail" }, "fail", "Health is fail"],
  [{ status: "error" }, "fail", "Health is fail"],
  [{ status: "DOWN" }, "fail", "Health is fail"],
  [
    { status: "fail", output: "no disk\n left" },
    "fail",
    "Health is fail: no disk left",
  ],
  [{ status: "fail", output: "" }, "fail", "Health is fail"],
  [{ status: "fail", output: { no: "text" } }, "fail", "Health is fail"],
  [
    {
      status: "fail",
      output: "see below",
      checks: {
        "db:connections": [{ status: "fail", output: "pool exhausted" }],
        "cache:latency": [{ status: "pass" }, { status: "DOWN" }],
        "queue:depth": [{ status: "warn", output: "nearly full" }],
        "uptime": [{ status: "pass", output: "fine" }],
      },
    },
    "fail",
    "Health is fail: db:connections (pool exhausted), cache:latency",
  ],
  [
    {
      status: "warn",
      checks: {
        "a:b": [{ status: "warn", output: "slow" }],
        "c:d": [{ status: "fail" }],
        "e:f": [{ status: "pass" }],
      },
    },
    "warn",
    "Health is warn: a:b (slow), c:d",
  ],
  [
    { status: "fail", checks: { one: { status: "fail", output: "no list" } } },
    "fail",
    "Health is fail: one (no list)",
  ],
  [
    { status: "fail", output: "why", checks: { a: [{ status: "pass" }] } },
    "fail",
    "Health is fail: why",
  ],
  [{ status: "fail", checks: [{ status: "fail" }] }, "fail", "Health is fail"],
  [{ status: "fail", checks: null }, "fail", "Health is fail"],
  [
    { status: "fail", checks: { a: null, b: 7, c: [[]] } },
    "fail",
    "Health is fail",
  ],
];

for (const [body, status, message] of BODIES) {
  Deno.test(`readHealth() reads ${JSON.stringify(body)}`, () => {
    const text = JSON.stringify(body);
    assertEquals<unknown>(readHealth(text), { status, message });
  });
}

const STATUS =
  'Expected status of the JSON body to be "pass", "warn" or "fail"';

/** What cannot be read, and the complaint. */
const UNREADABLE: readonly (readonly [string, string])[] = [
  ["", 'Expected a JSON body, got ""'],
  ["<html>", 'Expected a JSON body, got "<html>"'],
  ['{"status":"pass"', 'Expected a JSON body, got "{\\"status\\":\\"pass\\""'],
  ["null", `${STATUS}, got nothing`],
  ["[]", `${STATUS}, got nothing`],
  ["{}", `${STATUS}, got nothing`],
  ['"pass"', `${STATUS}, got nothing`],
  ['{"status":null}', `${STATUS}, got null`],
  ['{"status":200}', `${STATUS}, got 200`],
  ['{"status":["pass"]}', `${STATUS}, got ["pass"]`],
  ['{"status":"green"}', `${STATUS}, got "green"`],
  ['{"status":"constructor"}', `${STATUS}, got "constructor"`],
  ['{"Status":"pass"}', `${STATUS}, got nothing`],
  ['{"__proto__":{"status":"pass"}}', `${STATUS}, got nothing`],
];

for (const [text, complaint] of UNREADABLE) {
  Deno.test(`readHealth() cannot read ${text}`, () => {
    assertEquals<unknown>(readHealth(text), { complaint });
  });
}

Deno.test("readHealth() says that a body was longer than it may be", () => {
  assertEquals<unknown>(readHealth('{"status":"pa', 65536), {
    complaint: "Expected a JSON body of at most 64 KiB, got a longer one",
  });
  assertEquals(readHealth('{"status":"up"}', 65536).status, "pass");
});

/** Bodies that are nearly right, and others. */
const garbage = fc.oneof(
  fc.string(),
  fc.json(),
  fc.record({
    status: fc.oneof(fc.constantFrom("fail", "warn", "up"), fc.jsonValue()),
    output: fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()),
    checks: fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.string({ unit: "binary" }),
        fc.array(fc.record({
          status: fc.oneof(fc.constantFrom("fail", "warn"), fc.jsonValue()),
          output: fc.oneof(fc.string({ maxLength: 500 }), fc.jsonValue()),
        }, { requiredKeys: [] })),
      ),
    ),
  }, { requiredKeys: [] }).map((body) => JSON.stringify(body)),
);

Deno.test("readHealth() makes something of whatever a target says", () => {
  fc.assert(fc.property(garbage, fc.boolean(), (text, truncated) => {
    const health = readHealth(text, truncated ? 65536 : undefined);
    if (health.status === undefined) {
      assert(health.complaint.startsWith("Expected "));
    } else {
      assert(["pass", "warn", "fail"].includes(health.status));
      assert(health.message.startsWith(`Health is ${health.status}`));
    }
  }));
});

/** Tests a behaviour by both ways there are to a server. */
function eachWay(
  name: string,
  test: (
    attempt: (
      server: HttpServer,
      options?: HttpOptions,
    ) => ReturnType<ReturnType<typeof http>>,
  ) => Promise<void>,
): void {
  const ways = {
    "at its host": () => ({}),
    "at an address": ({ authority }: HttpServer) => ({ address: authority }),
  };
  for (const [means, optionsFor] of Object.entries(ways)) {
    Deno.test(`http() with health ${name}, ${means}`, () =>
      test((server, options) =>
        attempted(http(`http://${server.authority}/health`, {
          health: true,
          ...options,
          ...optionsFor(server),
        }))
      ));
  }
}

/** A server that says the same to everybody. */
function saying(body: unknown, init?: ResponseInit): HttpServer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return httpServer(() => new Response(text, init));
}

const SICK = {
  status: "fail",
  checks: { "db:connections": [{ status: "fail", output: "pool exhausted" }] },
};
const SICKNESS = "Health is fail: db:connections (pool exhausted)";

eachWay("passes what says that it is well", async (attempt) => {
  await using server = saying({ status: "pass" });
  const detail = { httpStatus: 200, health: "pass" };
  assertPass(await attempt(server), detail);
  // Where nothing is asked of the body, it has no health.
  assertPass(await attempt(server, { health: false }), { httpStatus: 200 });
});

eachWay("warns of what says that it is not quite well", async (attempt) => {
  await using server = saying({ status: "warn", output: "slow" });
  const outcome = await attempt(server);
  assertOutcome(outcome, ["warn", "mismatch"], "Health is warn: slow");
  assertEquals(timeless(outcome).detail, { httpStatus: 200, health: "warn" });
});

eachWay("tells why, whatever the status is", async (attempt) => {
  for (const status of [200, 204 + 3, 404, 500, 503]) {
    await using server = saying(SICK, { status });
    for (const options of [{}, { status: 200 }, { status: "5xx" }]) {
      const outcome = await attempt(server, options);
      assertOutcome(outcome, ["fail", "mismatch"], SICKNESS);
      assertEquals(timeless(outcome).detail, {
        httpStatus: status,
        health: "fail",
      });
    }
  }
});

eachWay(
  "fails what says that it is well with a status that does not",
  async (attempt) => {
    for (const word of ["pass", "warn"]) {
      await using server = saying({ status: word }, { status: 503 });
      const outcome = await attempt(server);
      assertOutcome(
        outcome,
        ["fail", "status"],
        "Expected status 200-399, got 503",
      );
      assertEquals(timeless(outcome).detail, { httpStatus: 503, health: word });
      const { verdict } = await attempt(server, { status: [200, 503] });
      assertEquals(verdict, word);
    }
  },
);

eachWay(
  "takes the draft's statuses, 2xx and 3xx, unless it is told others",
  async (attempt) => {
    await using server = saying({ status: "ok" }, { status: 300 });
    assertPass(await attempt(server), { httpStatus: 300, health: "pass" });
    assertOutcome(
      await attempt(server, { status: 200 }),
      ["fail", "status"],
      "Expected status 200, got 300",
    );
  },
);

eachWay(
  "says the status where the body says nothing, or else what it says",
  async (attempt) => {
    for (const body of ["<html>Bad gateway", "", "{}"]) {
      await using gateway = saying(body, { status: 502 });
      const outcome = await attempt(gateway);
      assertOutcome(
        outcome,
        ["fail", "status"],
        "Expected status 200-399, got 502",
      );
      assertEquals(timeless(outcome).detail, { httpStatus: 502 });
      await using server = saying(body);
      const complaint = readHealth(body).complaint;
      assertOutcome(await attempt(server), ["fail", "body"], complaint);
    }
  },
);

eachWay("asks for whatever else is asked for, too", async (attempt) => {
  await using server = saying({ status: "warn", depth: 7 }, {
    headers: { "x-a": "b" },
  });
  const table: [HttpOptions, string][] = [
    [{ contains: "depth", json: { depth: 7 } }, "warn/mismatch"],
    [{ contains: "nothing of it" }, "fail/body"],
    [{ matches: "^x" }, "fail/body"],
    [{ json: { depth: 8 } }, "fail/body"],
    [{ responseHeaders: { "x-a": "c" } }, "fail/header"],
    [{ latency: { fail: "0.001ms" } }, "fail/latency"],
    [{ latency: { warn: "0.001ms" } }, "warn/mismatch"],
    [{ maxBody: 5 }, "fail/body"],
  ];
  for (const [options, expected] of table) {
    const { verdict, reason } = await attempt(server, options);
    assertEquals(`${verdict}/${reason?.code}`, expected, reason?.message);
  }
  await using well = saying({ status: "pass" });
  assertOutcome(
    await attempt(well, { latency: { warn: "0.001ms" } }),
    ["warn", "latency"],
  );
  await using sick = saying(SICK, { status: 503 });
  assertOutcome(
    await attempt(sick, { contains: "x", latency: { fail: "0.001ms" } }),
    ["fail", "mismatch"],
    SICKNESS,
  );
});

eachWay("keeps its message a short and printable line", async (attempt) => {
  await using server = saying({
    status: "fail",
    checks: Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [
        `${i}\n\u0007`,
        [{ status: "fail", output: "x\n\u202e".repeat(100) }],
      ]),
    ),
  });
  const { reason } = await attempt(server);
  assert(reason!.message.length <= 300);
  assertEquals(reason!.message, oneLine(reason!.message));
});

eachWay("blames the target for whatever body it has", async (attempt) => {
  let body = "";
  let status = 200;
  await using server = httpServer(() => new Response(body, { status }));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(garbage, fc.uint8Array().map((bytes) => `${bytes}`)),
      fc.constantFrom(200, 503),
      async (text, code) => {
        [body, status] = [text.toWellFormed(), code];
        const { verdict, reason } = await attempt(server);
        assert(verdict !== "error", reason?.message);
        assert(verdict === "fail" || status === 200);
        assertEquals(reason === undefined, verdict === "pass");
        assert(reason === undefined || reason.message.length <= 300);
      },
    ),
    { numRuns: 50 },
  );
});

eachWay(
  "shows none of its own secrets that the target echoes",
  async (attempt) => {
    await using server = httpServer((request) =>
      Response.json({
        status: "fail",
        output: `bad ${request.headers.get("authorization")}`,
      })
    );
    const outcome = await attempt(server, {
      headers: { authorization: "Bearer s3cr3t-t0ken" },
    });
    assertOutcome(outcome, ["fail", "mismatch"]);
    assertFalse(JSON.stringify(outcome).includes("s3cr3t-t0ken"));
  },
);

eachWay("reads what a lifesign says of its own fleet", async (attempt) => {
  await using fleet = new Fleet({ background: false });
  const app = createApp(fleet);
  await using server = httpServer((request) => app.fetch(request));
  assertOutcome(
    await attempt(server),
    ["warn", "mismatch"],
    "Health is warn: There are no checks",
  );
  fleet.add(scripted([PASS]), { id: "web" });
  await fleet.attemptAll();
  assertPass(await attempt(server), { httpStatus: 200, health: "pass" });
  fleet.add(scripted([WARN]), { id: "slow" });
  await fleet.attemptAll();
  assertOutcome(
    await attempt(server),
    ["warn", "mismatch"],
    "Health is warn: slow:responseTime (Too slow)",
  );
  fleet.add(scripted([FAIL]), { id: "db", retries: 1 });
  await fleet.attemptAll();
  assertOutcome(
    await attempt(server),
    ["fail", "mismatch"],
    "Health is fail: db:responseTime (Connection refused)",
  );
});
