import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import {
  alertmanager,
  alertRequests,
} from "../../../../src/sinks/notify/receivers/alertmanager.ts";
import { letter, LETTERS, SENT_AT, told } from "../../../support/letters.ts";
import { deliver, problemsOf } from "../../../support/receive.ts";
import { closedPort, httpServer } from "../../../support/servers.ts";

const MINUTE_MS = 60_000;

/** What goes to the only member. */
function alertsOf(
  letter: Letter,
  labels: Readonly<Record<string, string>> = {},
  // deno-lint-ignore no-explicit-any
): any[] {
  const options = { urls: ["http://am:9093"], labels };
  const [request, ...others] = alertRequests(letter, options);
  assertEquals(others, []);
  return request === undefined ? [] : JSON.parse(request.body);
}

Deno.test("Alertmanager gets alerts whose labels tell what is wrong where", () => {
  const [request] = alertRequests(LETTERS.down, {
    urls: ["http://am:9093/prefix/"],
    labels: { severity: "page", number: 1 },
  });
  assertEquals(request!.url, "http://am:9093/prefix/api/v2/alerts");
  assertEquals(JSON.parse(request!.body), [{
    labels: {
      alertname: "CheckProblem",
      check: "web",
      group: "edge",
      type: "http",
      severity: "page",
      number: "1",
    },
    annotations: {
      summary: "web: 10.0.0.5:443 refused the connection",
      description:
        "https://shop.example/ since 12:58 Europe/Berlin; first: No answer within 10s",
      status: "unhealthy",
    },
    startsAt: "2026-11-26T11:58:00.000Z",
    // Four times as late as it is told again.
    endsAt: "2026-11-26T12:04:00.000Z",
    generatorURL: "https://status.example/checks/web",
  }]);
});

Deno.test("an alert ends when its incident did, and has the same labels to the last", () => {
  const [down] = alertsOf(LETTERS.down);
  const [degraded] = alertsOf(letter({
    event: "degraded",
    incidents: [told({
      status: "degraded",
      reason: { code: "latency", message: "slow" },
    })],
  }));
  const [over] = alertsOf(LETTERS.recovered);
  const [removed] = alertsOf(LETTERS.removed);
  for (const alert of [degraded, over, removed]) {
    assertEquals(alert.labels, down.labels);
    assertEquals(alert.startsAt, down.startsAt);
  }
  assertEquals(over.endsAt, "2026-11-26T12:00:00.000Z");
  assertEquals(removed.endsAt, over.endsAt);
});

Deno.test("an alert never ends before it begins, whatever the clocks say", () => {
  const [ahead] = alertsOf(letter({
    event: "down",
    incidents: [told({ began: SENT_AT + 60 * MINUTE_MS })],
  }));
  const [back] = alertsOf(letter({
    event: "up",
    incidents: [told({ ended: SENT_AT - 60 * MINUTE_MS, end: "recovered" })],
  }));
  for (const { startsAt, endsAt } of [ahead, back]) {
    assert(Date.parse(endsAt) >= Date.parse(startsAt), `${startsAt} ${endsAt}`);
  }
});

Deno.test("a test is an alert that ends by itself", () => {
  const [{ labels, endsAt }] = alertsOf(LETTERS.test, { team: "a" });
  assertEquals(labels, { alertname: "LifesignTest", team: "a" });
  assertEquals(endsAt, "2026-11-26T12:04:00.000Z");
});

Deno.test("nothing to refresh is nothing to send", async () => {
  const nothing = letter({ event: "reminder", incidents: [] });
  assertEquals(alertsOf(nothing), []);
  const urls = [`http://127.0.0.1:${closedPort()}`];
  assert((await deliver(alertmanager, nothing, { urls })).ok);
});

Deno.test("one member that fails is no failure, but is said once", async () => {
  let isDown = true;
  await using good = httpServer(() => new Response());
  await using bad = httpServer(() =>
    new Response(null, { status: isDown ? 500 : 200 })
  );
  const urls = [good, bad].map(({ authority }) => `http://${authority}`);
  const options = { urls };
  const said: unknown[][] = [];
  const say = (...args: unknown[]) => void said.push(args);
  const send = () => deliver(alertmanager, LETTERS.down, options, { say });
  for (const _ of [1, 2]) {
    assertEquals(await send(), { ok: true, answer: "1 of 2 took it" });
  }
  assertEquals(said, [[
    `${bad.authority}: expected 2xx, got 500; other members took it`,
    "warn",
  ]]);
  isDown = false;
  assertEquals(await send(), { ok: true, answer: "2 of 2 took it" });
  assertEquals(said.slice(1), [[`${bad.authority} takes alerts again`]]);
  assertEquals([good.asked.length, bad.asked.length], [3, 3]);
});

Deno.test("a member that does not answer is no failure while another one does", async () => {
  const { promise: never, resolve } = Promise.withResolvers<Response>();
  await using good = httpServer(() => new Response());
  await using silent = httpServer(() => never);
  const urls = [silent, good].map(({ authority }) => `http://${authority}`);
  const said: string[] = [];
  assertEquals(
    await deliver(alertmanager, LETTERS.down, { urls }, {
      say: (message) => said.push(message),
    }),
    { ok: true, answer: "1 of 2 took it" },
  );
  assertEquals(said, [
    `${silent.authority}: no answer within 5s; other members took it`,
  ]);
  resolve(new Response());
});

Deno.test("a member that fails is said once another one works again", async () => {
  const statuses = [500, 500];
  await using first = httpServer(() =>
    new Response(null, { status: statuses[0]! })
  );
  await using second = httpServer(() =>
    new Response(null, { status: statuses[1]! })
  );
  const options = {
    urls: [first, second].map(({ authority }) => `http://${authority}`),
  };
  const said: string[] = [];
  const send = () =>
    deliver(alertmanager, LETTERS.down, options, {
      say: (message) => said.push(message),
    });
  assertEquals((await send()).ok, false);
  assertEquals(said, []);
  statuses[1] = 200;
  assertEquals((await send()).ok, true);
  assertEquals(said, [
    `${first.authority}: expected 2xx, got 500; other members took it`,
  ]);
});

Deno.test("all members that fail are a failure, which is final if all are", async () => {
  const cases: [number[], boolean][] = [
    [[400, 400], true],
    [[400, 503], false],
  ];
  for (const [statuses, isFinal] of cases) {
    await using stack = new AsyncDisposableStack();
    const urls = statuses.map((status) => {
      const server = httpServer(() => new Response("no", { status }));
      return `http://${stack.use(server).authority}`;
    });
    const said: unknown[] = [];
    const delivery = await deliver(alertmanager, LETTERS.down, { urls }, {
      say: (...args) => said.push(args),
    });
    assert(!delivery.ok);
    assertEquals(delivery.isFinal, isFinal);
    for (const url of urls) {
      assertMatch(delivery.why, RegExp(new URL(url).host));
    }
    // The notifier says that it failed.
    assertEquals(said, []);
  }
});

Deno.test("Alertmanager has the options that it needs, and no others", () => {
  const urls = ["http://am-1:9093", "https://me:s3cret@am-2/"];
  assertEquals(alertmanager.needs({ urls }), [
    { name: "net", host: "am-1:9093" },
    { name: "net", host: "am-2:443" },
  ]);
  assert(alertmanager.secrets({ urls }).includes("s3cret"));
  const cases: [unknown, string[]][] = [
    [{ urls, labels: { severity: "page", team_1: 1 } }, []],
    [{ urls: [] }, [
      'urls: expected a list of URLs such as ["http://alertmanager:9093"], got an empty list',
    ]],
    [{ urls, labels: { check: "x" } }, [
      "labels: expected no label check, which tells alerts apart",
    ]],
    [{ urls, labels: { "a-b": "x" } }, [
      'labels: expected names of letters, digits and underscores, got "a-b"',
    ]],
  ];
  for (const [options, problems] of cases) {
    assertEquals(problemsOf(alertmanager, options), problems);
  }
});
