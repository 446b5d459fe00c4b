import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import {
  pagerduty,
  type PagerDutyOptions,
} from "../../../../src/sinks/notify/receivers/pagerduty.ts";
import {
  HOSTILE,
  letter,
  LETTERS,
  SENT_AT,
  told,
} from "../../../support/letters.ts";
import {
  PAGERDUTY_KEY as KEY,
  pagerdutyService,
} from "../../../support/pagerduty.ts";
import { deliver, problemsOf } from "../../../support/receive.ts";
import { httpServer } from "../../../support/servers.ts";
import { ALL_LETTERS } from "./service.ts";

/** The events that letters make. */
async function eventsOf(
  letter: Letter,
  options: Partial<PagerDutyOptions> = {},
  // deno-lint-ignore no-explicit-any
): Promise<readonly any[]> {
  await using pd = pagerdutyService();
  const delivery = await deliver(pagerduty, letter, {
    key: KEY,
    url: pd.url,
    ...options,
  });
  assert(delivery.ok, JSON.stringify(delivery));
  return pd.events;
}

Deno.test("PagerDuty gets an alert that says what a person needs", async () => {
  assertEquals(await eventsOf(LETTERS.down), [{
    routing_key: KEY,
    event_action: "trigger",
    dedup_key: "0mihxsc00-web",
    client: "lifesign/0.2.0",
    client_url: "https://status.example/checks/web",
    links: [{ href: "https://status.example/checks/web", text: "Status" }],
    payload: {
      summary: "DOWN web: 10.0.0.5:443 refused the connection (2 min)",
      source: "https://shop.example/",
      severity: "critical",
      timestamp: "2026-11-26T11:58:00.000Z",
      component: "web",
      group: "edge",
      class: "http refused",
      custom_details: {
        text: LETTERS.down.text,
        incidents: [{
          id: "0mihxsc00-web",
          key: "0mihxsc00-web",
          check: "web",
          name: null,
          group: "edge",
          type: "http",
          target: "https://shop.example/",
          status: "unhealthy",
          reason: {
            code: "refused",
            message: "10.0.0.5:443 refused the connection",
          },
          began: "2026-11-26T11:58:00.000Z",
          ended: null,
          end: null,
          durationMs: 120_000,
          because: null,
          url: "https://status.example/checks/web",
        }],
      },
    },
  }]);
});

Deno.test("PagerDuty takes every letter", async () => {
  for (const [name, each] of ALL_LETTERS) {
    const events = await eventsOf(each);
    const { incidents, closed } = each;
    const actions = events.map(({ event_action }) => event_action);
    const lasting = incidents.filter(({ ended }) => ended === null);
    const keys = new Set(lasting.map(({ key }) => key));
    assertEquals(
      actions,
      name === "test" ? ["trigger", "resolve"] : [
        ...Array.from(keys, () => "trigger"),
        ...closed.map(() => "resolve"),
      ],
      name,
    );
  }
});

Deno.test("PagerDuty has an alert for each message, until all of it is over", async () => {
  await using pd = pagerdutyService();
  const options = { key: KEY, url: pd.url };
  const incidents = [told({ key: "k" }), told({ check: "api", key: "k" })];
  const ended = { ended: SENT_AT, end: "recovered" } as const;
  const steps: [Letter, string[]][] = [
    [letter({ event: "down", incidents }), ["k"]],
    [letter({ event: "down", incidents: [told({ check: "db", key: "l" })] }), [
      "k",
      "l",
    ]],
    [letter({ event: "reminder", incidents }), ["k", "l"]],
    [
      letter({
        event: "up",
        incidents: [{ ...incidents[0]!, ...ended }],
        closed: [],
      }),
      ["k", "l"],
    ],
    [
      letter({
        event: "up",
        incidents: [{ ...incidents[1]!, ...ended, end: "removed" }],
        closed: ["k"],
      }),
      ["l"],
    ],
  ];
  for (const [step, open] of steps) {
    // At least once means that it may be twice.
    for (const _ of [1, 2]) {
      assert((await deliver(pagerduty, step, options)).ok);
    }
    assertEquals([...pd.open.keys()], open, step.title);
  }
  assertEquals(pd.closed, ["k"]);
});

Deno.test("a reminder of several alerts says of each what it is about", async () => {
  const events = await eventsOf(LETTERS.reminder);
  assertEquals(
    events.map(({ dedup_key, payload }) => [
      dedup_key,
      payload.severity,
      payload.summary,
    ]),
    [
      ["0mihxsc00-web", "critical", "2 still down: web, api"],
      [
        "0mihxsc00-db",
        "warning",
        "STILL DEGRADED db: 10.0.0.5:443 refused the connection (2 min)",
      ],
    ],
  );
});

Deno.test("several checks that go down are one alert", async () => {
  const [{ payload, links }, ...others] = await eventsOf(LETTERS.gathered);
  assertEquals(others, []);
  assertEquals(payload.source, "lifesign/0.2.0");
  assertEquals("component" in payload, false);
  assertEquals(links, [{ href: "https://status.example/", text: "Status" }]);
  assertEquals(
    payload.custom_details.incidents.map((it: { check: string }) => it.check),
    ["gateway", "web", "db"],
  );
});

Deno.test("an alert links to the page of its check, and to what the check links to", async () => {
  const linksOf = async (link: string): Promise<string[]> => {
    const incidents = [told({ link })];
    const [{ links }] = await eventsOf(letter({ event: "down", incidents }));
    return links.map(({ href }: { href: string }) => href);
  };
  const page = "https://status.example/checks/web";
  const wiki = "https://wiki.example/web";
  assertEquals(await linksOf(wiki), [page, wiki]);
  assertEquals(await linksOf("mailto:ops@example.com"), [page]);
});

Deno.test("a storm is one event within the limits, whatever the reasons are", async () => {
  const [{ payload }, ...others] = await eventsOf(LETTERS.storm);
  assertEquals(others, []);
  assertMatch(payload.summary, /^2000 of 2500 checks are down/);
  assertEquals(payload.custom_details.incidents.length, 100);
  assertEquals(payload.custom_details.more, 1900);
  const incidents = Array.from({ length: 200 }, (_, i) =>
    told({
      check: `${HOSTILE}${i}`.repeat(9),
      id: `0-${i}`,
      key: "0-0",
      reason: { code: "body", message: HOSTILE.repeat(100) },
    }));
  const [hostile] = await eventsOf(letter({ event: "down", incidents }));
  const { more, incidents: told_ } = hostile.payload.custom_details;
  assertEquals(more + told_.length, 200);
  assert(told_.length > 0);
  const title = "\u{1f600}".repeat(2000);
  const [long] = await eventsOf({ ...LETTERS.down, title });
  assertMatch(long.payload.summary, /^(?:\u{1f600})+…$/u);
});

Deno.test("the severity is that of the status, or as the config file has it", async () => {
  const severities = async (
    severity?: PagerDutyOptions["severity"],
  ): Promise<string[]> => {
    const all: string[] = [];
    for (const name of ["down", "unknown", "degraded", "test"] as const) {
      const options = severity === undefined ? {} : { severity };
      const [event] = await eventsOf(LETTERS[name], options);
      all.push(event.payload.severity);
    }
    return all;
  };
  assertEquals(await severities(), ["critical", "error", "warning", "info"]);
  assertEquals(await severities("error"), ["error", "error", "error", "info"]);
  assertEquals(await severities({ unknown: "info" }), [
    "critical",
    "info",
    "warning",
    "info",
  ]);
});

Deno.test("what began and ended while it was held back opens no alert", async () => {
  const over = { ended: SENT_AT, end: "recovered" } as const;
  const held = { since: SENT_AT - 3_600_000, by: "quiet", count: 1 } as const;
  assertEquals(
    await eventsOf(
      letter({ event: "up", incidents: [told(over)], closed: [], held }),
    ),
    [],
  );
  const events = await eventsOf(letter({
    event: "down",
    incidents: [told({ ...over, id: "a", key: "b" }), told({ id: "b" })],
    held,
  }));
  assertEquals(events.map(({ dedup_key }) => dedup_key), ["b"]);
});

Deno.test("the answers of PagerDuty say whether to try again", async () => {
  const cases: [number, boolean][] = [[400, true], [429, false], [500, false]];
  for (const [status, isFinal] of cases) {
    await using server = httpServer(() => new Response(null, { status }));
    const url = `http://${server.authority}/`;
    const delivery = await deliver(pagerduty, LETTERS.down, { key: KEY, url });
    assert(!delivery.ok);
    assertEquals(delivery.isFinal, isFinal);
  }
});

Deno.test("PagerDuty has the options that it needs, and no others", () => {
  const key = KEY;
  assertEquals(pagerduty.needs({ key }), [
    { name: "net", host: "events.pagerduty.com:443" },
  ]);
  assertEquals(pagerduty.needs({ key, region: "eu" }), [
    { name: "net", host: "events.eu.pagerduty.com:443" },
  ]);
  assertEquals(pagerduty.secrets({ key }), [key]);
  for (const severity of ["info", { degraded: "info" }]) {
    assertEquals(problemsOf(pagerduty, { key, severity }), []);
  }
  assertEquals(problemsOf(pagerduty, {}), [
    "key: expected an integration key, got nothing",
  ]);
  assertEquals(problemsOf(pagerduty, { key, severity: "fatal" }), [
    'severity: expected one of critical, error, warning, info, or a map such as { degraded: warning }, got "fatal"',
  ]);
  assertEquals(
    problemsOf(pagerduty, { key, region: "eu", url: "http://x/" }),
    ["url: expected no region with it, got one"],
  );
});
