import { assertEquals, assertStringIncludes } from "@std/assert";
import type {
  NotificationLog,
  NotifierStatus,
} from "../../../src/core/notify/status.ts";
import { notifierTroubles } from "../../../src/server/notifications/trouble.ts";
import { createApp } from "../../../src/server/mod.ts";
import { readExposition } from "../exposition.ts";
import { fleetOf } from "../fleets.ts";

const WELL: NotifierStatus = {
  name: "team",
  type: "slack",
  pending: 0,
  sent: 3,
  failed: 0,
  givenUp: 0,
  lastSuccessAt: Date.UTC(2026, 10, 27, 12),
  failure: null,
  waiting: null,
};

const ILL: NotifierStatus = {
  ...WELL,
  name: 'a "pager" <b>',
  type: "pagerduty",
  pending: 2,
  failed: 7,
  givenUp: 1,
  lastSuccessAt: null,
  failure: { at: Date.UTC(2026, 10, 27, 13), why: "got 503 & no body" },
  waiting: "quiet",
};

function logOf(...list: readonly NotifierStatus[]): NotificationLog {
  return { list: () => list };
}

Deno.test("/notifications says how each notifier does, behind the token", async () => {
  await using fleet = await fleetOf({});
  const app = createApp(fleet, {
    token: "secret",
    notifications: logOf(WELL, ILL),
  });

  assertEquals((await app.request("/notifications")).status, 401);
  const response = await app.request("/notifications", {
    headers: { authorization: "Bearer secret" },
  });
  assertEquals(await response.json(), [
    { ...WELL, lastSuccessAt: "2026-11-27T12:00:00.000Z" },
    {
      ...ILL,
      failure: { at: "2026-11-27T13:00:00.000Z", why: "got 503 & no body" },
    },
  ]);
});

Deno.test("there is no /notifications without notifiers", async () => {
  await using fleet = await fleetOf({});
  const app = createApp(fleet);

  assertEquals((await app.request("/notifications")).status, 404);
  const { paths } = await (await app.request("/openapi.json")).json();
  assertEquals("/notifications" in paths, false);
  assertEquals((await (await app.request("/")).text()).includes("told"), true);
});

Deno.test("/metrics has the messages of each notifier", async () => {
  await using fleet = await fleetOf({});
  const app = createApp(fleet, { notifications: logOf(WELL, ILL) });

  const families = readExposition(await (await app.request("/metrics")).text());
  const samplesOf = (name: string) =>
    families.get(name)?.samples.map(({ labels, value }) => [labels, value]);
  assertEquals(samplesOf("lifesign_notifications_total"), [
    [{ notifier: "team", result: "sent" }, 3],
    [{ notifier: "team", result: "failed" }, 0],
    [{ notifier: "team", result: "given_up" }, 0],
    [{ notifier: ILL.name, result: "sent" }, 3],
    [{ notifier: ILL.name, result: "failed" }, 7],
    [{ notifier: ILL.name, result: "given_up" }, 1],
  ]);
  assertEquals(samplesOf("lifesign_notifications_pending"), [
    [{ notifier: "team" }, 0],
    [{ notifier: ILL.name }, 2],
  ]);
  assertEquals(
    samplesOf("lifesign_notifications_last_success_timestamp_seconds"),
    [[{ notifier: "team" }, Date.UTC(2026, 10, 27, 12) / 1000]],
  );
});

Deno.test("/metrics has no messages where another agent tells", async () => {
  await using fleet = await fleetOf({});
  const notifications = logOf({ ...ILL, waiting: "teller" });
  const app = createApp(fleet, { notifications });

  const metrics = await (await app.request("/metrics")).text();
  assertEquals(metrics.includes("lifesign_notifications"), false);
});

Deno.test("the page says which messages wait, failed or were given up", async () => {
  await using fleet = await fleetOf({});
  const pageWith = async (...list: readonly NotifierStatus[]) => {
    const app = createApp(fleet, { notifications: logOf(...list) });
    return await (await app.request("/")).text();
  };

  assertStringIncludes(
    await pageWith(WELL),
    '<ul id="told" aria-label="Notifications" hidden=""></ul>',
  );
  assertStringIncludes(
    await pageWith(WELL, ILL),
    '<ul id="told" aria-label="Notifications"><li>' +
      "Notifier a &quot;pager&quot; &lt;b&gt;: 2 messages to send, held back for the " +
      "quiet hours, the last attempt failed: got 503 &amp; no body, " +
      "1 message given up</li></ul>",
  );
});

Deno.test("notifierTroubles() says nothing of notifiers that are well", () => {
  assertEquals(notifierTroubles([WELL]), []);
  assertEquals(notifierTroubles([{ ...WELL, waiting: "self", pending: 1 }]), [
    "Notifier team: 1 message to send, held back as the agent's own network fails",
  ]);
  assertEquals(notifierTroubles([{ ...WELL, waiting: "teller" }]), []);
  assertEquals(
    notifierTroubles([{ ...WELL, waiting: "teller", pending: 2 }]),
    ["Notifier team: 2 messages to send"],
  );
});
