import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import {
  opsgenie,
  type OpsgenieOptions,
} from "../../../../src/sinks/notify/receivers/opsgenie.ts";
import { letter, LETTERS, SENT_AT, told } from "../../../support/letters.ts";
import { deliver, problemsOf } from "../../../support/receive.ts";
import { httpServer } from "../../../support/servers.ts";
import { ALL_LETTERS } from "./service.ts";

const KEY = "1c2d3e4f-0000-4000-8000-123456789abc";

/** What is wrong with an alert, as Opsgenie has it. */
// deno-lint-ignore no-explicit-any
function errorsOf(alert: any): string[] {
  const errors: string[] = [];
  const limits = {
    message: 130,
    alias: 512,
    description: 15_000,
    entity: 512,
    source: 100,
  };
  for (const [field, max] of Object.entries(limits)) {
    const value = alert[field] ?? "";
    if (typeof value !== "string" || value.length > max) errors.push(field);
  }
  if ((alert.message ?? "").trim() === "") errors.push("message");
  if (!/^P[1-5]$/.test(alert.priority)) errors.push("priority");
  const details = Object.entries(alert.details ?? {});
  if (details.some(([, value]) => typeof value !== "string")) {
    errors.push("details");
  }
  const size = details.flat().join("").length;
  if (size > 8000) errors.push("details");
  const { tags = [], responders = [] } = alert;
  if (tags.length > 20 || tags.some((it: string) => it.length > 50)) {
    errors.push("tags");
  }
  for (const { type, ...who } of responders) {
    const isKnown = ["team", "user", "escalation", "schedule"].includes(type);
    if (!isKnown || Object.keys(who).length !== 1) errors.push("responders");
  }
  return errors;
}

/** The service: it answers as the real one does, and knows what is open. */
function service(prefix = "") {
  // deno-lint-ignore no-explicit-any
  const open = new Map<string, any>();
  // deno-lint-ignore no-explicit-any
  const asked: any[] = [];
  const server = httpServer((request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.headers.get("authorization") !== `GenieKey ${KEY}`) {
      return Response.json({ message: "Key format is not valid!" }, {
        status: 422,
      });
    }
    const accepted = () =>
      Response.json({ result: "Request will be processed", requestId: "1" }, {
        status: 202,
      });
    const body = JSON.parse(server.asked.at(-1)!.body);
    if (pathname === `${prefix}/v2/alerts`) {
      const errors = errorsOf(body);
      if (errors.length > 0) return Response.json({ errors }, { status: 422 });
      asked.push(body);
      open.set(body.alias, body);
      return accepted();
    }
    const [, alias] = /\/v2\/alerts\/([^/]+)\/close$/.exec(pathname) ?? [];
    if (alias === undefined || searchParams.get("identifierType") !== "alias") {
      return new Response(null, { status: 404 });
    }
    asked.push({ close: decodeURIComponent(alias), ...body });
    open.delete(decodeURIComponent(alias));
    return accepted();
  });
  return {
    open,
    asked,
    url: `http://${server.authority}${prefix}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function askedOf(
  letter: Letter,
  options: Partial<OpsgenieOptions> = {},
  // deno-lint-ignore no-explicit-any
): Promise<any[]> {
  await using genie = service();
  const delivery = await deliver(opsgenie, letter, {
    key: KEY,
    url: genie.url,
    ...options,
  });
  assert(delivery.ok, JSON.stringify(delivery));
  return genie.asked;
}

Deno.test("Opsgenie gets an alert that says what a person needs", async () => {
  const options = {
    responders: [{ type: "team", name: "ops" }],
    tags: ["lifesign"],
  } as const;
  assertEquals(await askedOf(LETTERS.down, options), [{
    message: "DOWN web: 10.0.0.5:443 refused the connection (2 min)",
    alias: "0mihxsc00-web",
    description: LETTERS.down.text,
    entity: "https://shop.example/",
    source: "lifesign/0.2.0",
    priority: "P1",
    responders: [{ type: "team", name: "ops" }],
    tags: ["lifesign"],
    details: {
      check: "web",
      group: "edge",
      type: "http",
      target: "https://shop.example/",
      status: "unhealthy",
      reason: "10.0.0.5:443 refused the connection",
      url: "https://status.example/checks/web",
    },
  }]);
  assertEquals(await askedOf(LETTERS.recovered), [{
    close: "0mihxsc00-web",
    source: "lifesign/0.2.0",
    note: "UP web after 2 min",
  }]);
});

Deno.test("Opsgenie takes every letter", async () => {
  for (const [name, each] of ALL_LETTERS) {
    const asked = await askedOf(each);
    const lasting = each.incidents.filter(({ ended }) => ended === null);
    const keys = [...new Set(lasting.map(({ key }) => key))];
    assertEquals(
      asked.map(({ alias, close }) => alias ?? `close ${close}`),
      name === "test" ? [each.id, `close ${each.id}`] : [
        ...keys,
        ...each.closed.map((key) => `close ${key}`),
      ],
      name,
    );
  }
});

Deno.test("Opsgenie has an alert for each message, until all of it is over", async () => {
  // As the API of Jira Service Management has it.
  await using genie = service("/jsm/ops/integration");
  const ended = { ended: SENT_AT, end: "recovered" } as const;
  const incidents = [told({ key: "k" }), told({ check: "api", key: "k" })];
  const steps: [Letter, string[]][] = [
    [letter({ event: "down", incidents }), ["k"]],
    [
      letter({
        event: "up",
        incidents: [{ ...incidents[0]!, ...ended }],
        closed: [],
      }),
      ["k"],
    ],
    [
      letter({
        event: "up",
        incidents: [{ ...incidents[1]!, ...ended }],
        closed: ["k"],
      }),
      [],
    ],
  ];
  for (const [step, open] of steps) {
    for (const end of ["", "/", "/v2/alerts"]) {
      const options = { key: KEY, url: genie.url + end };
      const delivery = await deliver(opsgenie, step, options);
      assert(delivery.ok, JSON.stringify(delivery));
    }
    assertEquals([...genie.open.keys()], open);
  }
});

Deno.test("a message of Opsgenie is cut on a character", async () => {
  const title = `DOWN ${"\u{1f600}".repeat(200)}`;
  const [{ message }] = await askedOf({ ...LETTERS.down, title });
  assertMatch(message, /^DOWN (?:\u{1f600}){62}…$/u);
});

Deno.test("the priority is that of the status, or as the config file has it", async () => {
  const priorities = async (
    options: Partial<OpsgenieOptions>,
  ): Promise<string[]> => {
    const all: string[] = [];
    for (const name of ["down", "unknown", "degraded", "test"] as const) {
      const [{ priority }] = await askedOf(LETTERS[name], options);
      all.push(priority);
    }
    return all;
  };
  assertEquals(await priorities({}), ["P1", "P2", "P3", "P5"]);
  assertEquals(await priorities({ priority: "P4" }), ["P4", "P4", "P4", "P5"]);
  assertEquals(await priorities({ priority: { unhealthy: "P2" } }), [
    "P2",
    "P2",
    "P3",
    "P5",
  ]);
});

Deno.test("a wrong key of Opsgenie is final, and a limit is not", async () => {
  await using genie = service();
  const delivery = await deliver(opsgenie, LETTERS.down, {
    key: "x",
    url: genie.url,
  });
  assert(!delivery.ok && delivery.isFinal);
  await using busy = httpServer(() => new Response(null, { status: 429 }));
  const url = `http://${busy.authority}`;
  const later = await deliver(opsgenie, LETTERS.down, { key: KEY, url });
  assert(!later.ok && !later.isFinal);
});

Deno.test("Opsgenie has the options that it needs, and no others", () => {
  const key = KEY;
  assertEquals(opsgenie.needs({ key }), [
    { name: "net", host: "api.opsgenie.com:443" },
  ]);
  assertEquals(opsgenie.needs({ key, region: "eu" }), [
    { name: "net", host: "api.eu.opsgenie.com:443" },
  ]);
  const url = "https://api.atlassian.com/jsm/ops/integration";
  assertEquals(opsgenie.needs({ key, url }), [
    { name: "net", host: "api.atlassian.com:443" },
  ]);
  assert(opsgenie.secrets({ key }).includes(key));
  const cases: [unknown, string[]][] = [
    [{ key, url, tags: ["a"], priority: { degraded: "P5" } }, []],
    [{ key, responders: [{ type: "user", username: "a@x.example" }] }, []],
    [{ key, region: "eu", url }, ["url: expected no region with it, got one"]],
    [{ key, responders: [{ type: "team" }] }, [
      "responders: expected one of name, username and id for each",
    ]],
    [{ key, tags: Array.from({ length: 21 }, () => "x") }, [
      "tags: expected at most 20, got 21",
    ]],
    [{ key, tags: ["x".repeat(51)] }, [
      "tags: expected at most 50 characters, got 51",
    ]],
  ];
  for (const [options, problems] of cases) {
    assertEquals(problemsOf(opsgenie, options), problems);
  }
});
