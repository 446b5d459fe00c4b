import { assertEquals, assertMatch } from "@std/assert";
import { fail, Fleet, type Outcome, pass, probe } from "../../../mod.ts";
import { notify } from "../../../src/sinks/notify/mod.ts";
import { ALERTMANAGER, cluster, until } from "../../support/alertmanager.ts";
import { testWith } from "../../support/needs.ts";
import { PAGERDUTY_KEY, pagerdutyService } from "../../support/pagerduty.ts";
import { httpServer } from "../../support/servers.ts";

const DOWN = fail({ code: "refused", message: "it refused" });

/** A fleet of two checks that are reported, and well. */
function reported(): Fleet {
  const fleet = new Fleet({ background: false });
  for (const id of ["web", "api"]) {
    fleet.add(probe(() => pass()), { id, retries: 1 });
  }
  return fleet;
}

/** Reports all at once. */
function report(
  fleet: Fleet,
  outcomes: Readonly<Record<string, Outcome>>,
): void {
  for (const [id, outcome] of Object.entries(outcomes)) {
    fleet.report(id, outcome);
  }
}

Deno.test("what was gathered is one alert, which is open until the last of it is over", async () => {
  await using fleet = reported();
  await using pd = pagerdutyService();
  await using hook = httpServer(() => new Response());
  const url = `http://${hook.authority}/`;
  /** The statuses of the groups that the webhook was told of. */
  const groups = (): string[] =>
    hook.asked.map(({ body }) => JSON.parse(body).status);
  await using _notifications = notify(fleet, {
    notifiers: {
      pager: {
        type: "pagerduty",
        key: PAGERDUTY_KEY,
        url: pd.url,
        gather: 100,
      },
      oncall: { type: "webhook", url, format: "alertmanager", gather: 100 },
    },
  });
  report(fleet, { web: pass(), api: pass() });
  report(fleet, { web: DOWN, api: DOWN });
  await until(() => pd.open.size === 1 && groups().length === 1);
  const [event] = pd.events;
  assertMatch(event.payload.summary, /^2 down: /);

  report(fleet, { web: pass() });
  await until(() => groups().length === 2);
  assertEquals([pd.open.size, pd.closed.length], [1, 0]);
  assertEquals(groups(), ["firing", "firing"]);

  report(fleet, { api: pass() });
  await until(() => pd.open.size === 0 && groups().length === 3);
  assertEquals(pd.closed, [event.dedup_key]);
  assertEquals(groups().at(-1), "resolved");
  const keys = hook.asked.map(({ body }) => JSON.parse(body).groupKey);
  assertEquals(new Set(keys).size, 1);
});

testWith(ALERTMANAGER, {
  name: "the real Alertmanager is told of what a fleet sees, and of its end",
  async fn() {
    await using fleet = reported();
    await using am = await cluster(1);
    const [member] = am.members;
    await member!.start();
    await using _notifications = notify(fleet, {
      notifiers: {
        am: { type: "alertmanager", urls: [member!.url], gather: 0 },
      },
    });
    report(fleet, { web: pass(), api: pass() });
    report(fleet, { web: DOWN });
    await until(() => am.told().length === 1);
    report(fleet, { web: pass() });
    await until(() => am.told().length === 2);
    assertEquals(am.told().map(({ status }) => status), ["firing", "resolved"]);
    assertEquals(await member!.alerts(), []);
  },
});
