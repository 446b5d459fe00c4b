import { assertEquals, assertMatch } from "@std/assert";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import { letter, LETTERS, SENT_AT, told } from "../../../support/letters.ts";
import { askedOf, bodyOf } from "./webhooks.ts";

Deno.test("a webhook can send what Alertmanager sends", async () => {
  const alertmanager = { format: "alertmanager" } as const;
  const payload = await bodyOf(LETTERS.gathered, alertmanager);
  const { alerts, ...rest } = payload;
  assertEquals(rest, {
    version: "4",
    groupKey: '{}/{key="0mihxsc00-gateway"}:{alertname="CheckProblem"}',
    truncatedAlerts: 0,
    status: "firing",
    receiver: "lifesign",
    groupLabels: { alertname: "CheckProblem" },
    commonLabels: { alertname: "CheckProblem" },
    commonAnnotations: { status: "unhealthy" },
    externalURL: "https://status.example/",
  });
  assertEquals(alerts.length, 3);
  assertEquals(alerts[1], {
    status: "firing",
    labels: {
      alertname: "CheckProblem",
      check: "web",
      group: "edge",
      type: "http",
    },
    annotations: {
      summary: "web: 10.0.0.5:443 refused the connection",
      description:
        "https://shop.example/ since 12:58 Europe/Berlin; first: No answer within 10s; because of gateway",
      status: "unhealthy",
    },
    startsAt: "2026-11-26T11:58:00.000Z",
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL: "https://status.example/checks/web",
    fingerprint: alerts[1].fingerprint,
  });
  assertMatch(alerts[1].fingerprint, /^[0-9a-f]{16}$/);
  assertEquals("group" in alerts[0].labels, false);

  const over = await bodyOf(LETTERS.recovered, alertmanager);
  assertEquals(
    [over.status, over.alerts[0].status, over.alerts[0].endsAt],
    ["resolved", "resolved", "2026-11-26T12:00:00.000Z"],
  );
});

Deno.test("a group of Alertmanager fires until all of its alerts are over", async () => {
  const said = async (letter: Letter): Promise<unknown[]> => {
    const asked = await askedOf(letter, { format: "alertmanager" });
    const ids = new Set(asked.map(({ headers }) => headers.get("webhook-id")));
    assertEquals(ids.size, asked.length);
    return asked.map(({ body }) => {
      const { groupKey, status, alerts } = JSON.parse(body);
      const [, key] = /key="(.*?)"/.exec(groupKey)!;
      return [
        key,
        status,
        ...alerts.map(({ status }: { status: string }) => status),
      ];
    });
  };
  assertEquals(await said(LETTERS.reminder), [
    ["0mihxsc00-web", "firing", "firing", "firing"],
    ["0mihxsc00-db", "firing", "firing"],
  ]);
  // The gateway lasts.
  assertEquals(await said(LETTERS.partly), [
    ["0mihxsc00-gateway", "firing", "resolved"],
  ]);
  assertEquals(await said(LETTERS.test), [
    [LETTERS.test.id, "firing", "firing"],
    [LETTERS.test.id, "resolved", "resolved"],
  ]);
  assertEquals((await said(LETTERS.storm)).length, 1);
  assertEquals(
    (await said(LETTERS.stormOver)).map((it) => (it as string[])[1]),
    [
      "resolved",
    ],
  );
  // It began and ended in quiet hours: nobody was told, and nothing is open.
  const held = letter({
    event: "up",
    incidents: [told({ ended: SENT_AT, end: "recovered" })],
    held: { since: SENT_AT - 3_600_000, by: "quiet", count: 1 },
    closed: [],
  });
  assertEquals(await said(held), [["0mihxsc00-web", "resolved", "resolved"]]);
});

Deno.test("the alerts of a check that went down twice are one", async () => {
  const again = letter({
    event: "down",
    incidents: [
      told({
        id: "a",
        key: "a",
        ended: SENT_AT - 60_000,
        end: "recovered",
        began: SENT_AT - 90_000,
      }),
      told({ id: "b", key: "a", began: SENT_AT - 30_000 }),
    ],
  });
  const { alerts } = await bodyOf(again, { format: "alertmanager" });
  assertEquals(alerts.length, 1);
  assertEquals(alerts[0].startsAt, "2026-11-26T11:59:30.000Z");
});
