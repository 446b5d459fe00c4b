import { assert, assertEquals } from "@std/assert";
import type { ToldIncident } from "../../../../src/core/notify/message.ts";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import { alertmanager } from "../../../../src/sinks/notify/receivers/alertmanager.ts";
import { webhook } from "../../../../src/sinks/notify/receivers/webhook.ts";
import { ALERTMANAGER, cluster, until } from "../../../support/alertmanager.ts";
import { letter, told } from "../../../support/letters.ts";
import { testWith } from "../../../support/needs.ts";
import { deliver } from "../../../support/receive.ts";
import { httpServer } from "../../../support/servers.ts";
import { ALL_LETTERS } from "./service.ts";

const MINUTE_MS = 60_000;

/** An incident of now, as Alertmanager knows what time it is. */
function toldNow(changes: Partial<ToldIncident> = {}): ToldIncident {
  return told({ began: Date.now() - MINUTE_MS, ...changes });
}

/** The same, over. */
function over(incident: ToldIncident): ToldIncident {
  return { ...incident, ended: Date.now(), end: "recovered" };
}

function nowOf(...args: Parameters<typeof letter>): Letter {
  return { ...letter(...args), now: Date.now() };
}

testWith(ALERTMANAGER, {
  name: "the real Alertmanager groups alerts, and tells of their ends",
  async fn() {
    await using am = await cluster(1);
    const [member] = am.members as [typeof am.members[0]];
    await member.start();
    const options = { urls: [member.url] };
    const incidents = [
      toldNow({ key: "1" }),
      toldNow({ key: "1", check: "api", group: null }),
    ];
    const down = nowOf({ event: "down", incidents });
    assert((await deliver(alertmanager, down, options)).ok);
    await until(() => am.told().length === 1);
    const [first] = am.told();
    assertEquals(first!.status, "firing");
    assertEquals(
      first!.alerts.map(({ labels }) => labels.check).sort(),
      ["api", "web"],
    );

    // What webhook sends with `format: alertmanager` is of the same form.
    await using hook = httpServer(() => new Response());
    const url = `http://${hook.authority}/`;
    await deliver(webhook, down, { url, format: "alertmanager" });
    const ours = JSON.parse(hook.asked[0]!.body);
    assertEquals(Object.keys(ours).sort(), Object.keys(first!).sort());
    const shapeOf = ({ alerts }: typeof ours) =>
      alerts.map(({ fingerprint, labels, ...rest }: typeof ours) => [
        fingerprint,
        labels,
        rest.status,
        rest.annotations,
        rest.generatorURL,
        Date.parse(rest.startsAt),
        rest.endsAt,
      ]).sort();
    assertEquals(shapeOf(ours), shapeOf(first));

    // To be told again changes nothing.
    const again = nowOf({ event: "reminder", incidents });
    assert((await deliver(alertmanager, again, options)).ok);
    assertEquals((await member.alerts()).length, 2);

    const ended = incidents.map(over);
    const up = nowOf({ event: "up", incidents: ended });
    assert((await deliver(alertmanager, up, options)).ok);
    await until(() => am.told().length === 2);
    assertEquals(am.told()[1]!.status, "resolved");
    assertEquals(await member.alerts(), []);

    // What is over is told again for a while, along with what began since.
    const anew = toldNow({ id: "2", began: Date.now() });
    const refresh = nowOf({
      event: "reminder",
      incidents: [anew, ...ended],
    });
    assert((await deliver(alertmanager, refresh, options)).ok);
    const [alert, ...others] = await member.alerts();
    assertEquals(others, []);
    assertEquals(alert!.labels.check, "web");
    assertEquals(Date.parse(alert!.startsAt), anew.began);
  },
});

testWith(ALERTMANAGER, {
  name: "the real Alertmanager is told again after a restart, and of the end",
  async fn() {
    await using am = await cluster(1);
    const [member] = am.members as [typeof am.members[0]];
    await member.start();
    const options = { urls: [member.url] };
    const incidents = [toldNow()];
    const down = nowOf({ event: "down", incidents });
    assert((await deliver(alertmanager, down, options)).ok);
    await until(() => am.told().length === 1);

    await member.kill();
    const refresh = () => nowOf({ event: "reminder", incidents });
    const gone = await deliver(alertmanager, refresh(), options);
    assert(!gone.ok && !gone.isFinal);
    await member.start();
    assertEquals(await member.alerts(), []);

    assert((await deliver(alertmanager, refresh(), options)).ok);
    await until(async () => (await member.alerts()).length === 1);
    await until(() => am.told().at(-1)?.status === "firing");
    const { length } = am.told();
    const up = nowOf({ event: "up", incidents: incidents.map(over) });
    assert((await deliver(alertmanager, up, options)).ok);
    await until(() =>
      am.told().slice(length - 1).at(-1)?.status === "resolved"
    );
  },
});

testWith(ALERTMANAGER, {
  name: "two members of the real Alertmanager tell once, whichever is down",
  async fn() {
    await using am = await cluster(2);
    const [first, second] = am.members as [
      typeof am.members[0],
      typeof am.members[0],
    ];
    await first.start();
    await second.start(first);
    const options = { urls: [first.url, second.url] };
    const incidents = [toldNow()];
    const down = nowOf({ event: "down", incidents });
    assertEquals(await deliver(alertmanager, down, options), {
      ok: true,
      answer: "2 of 2 took it",
    });
    await until(() => am.told().length > 0);
    for (const member of [first, second]) {
      assertEquals((await member.alerts()).length, 1);
    }

    await second.kill();
    const said: string[] = [];
    const refresh = nowOf({ event: "reminder", incidents });
    assertEquals(
      await deliver(alertmanager, refresh, options, {
        say: (message) => said.push(message),
      }),
      { ok: true, answer: "1 of 2 took it" },
    );
    assertEquals(said.length, 1);
    const up = nowOf({ event: "up", incidents: incidents.map(over) });
    assert((await deliver(alertmanager, up, options)).ok);
    await until(() => am.told().at(-1)?.status === "resolved");
    assertEquals(am.told().map(({ status }) => status), ["firing", "resolved"]);
  },
});

testWith(ALERTMANAGER, {
  name: "the real Alertmanager takes every letter, and a storm at once",
  async fn() {
    await using am = await cluster(1);
    const [member] = am.members as [typeof am.members[0]];
    await member.start();
    for (const [name, each] of ALL_LETTERS) {
      const delivery = await deliver(alertmanager, each, {
        urls: [member.url],
      });
      assertEquals(delivery, { ok: true, answer: "1 of 1 took it" }, name);
    }
    const incidents = Array.from(
      { length: 2000 },
      (_, i) => toldNow({ check: `check-${i}`, id: `${i}`, key: "0" }),
    );
    const storm = nowOf({ event: "down", incidents });
    assert((await deliver(alertmanager, storm, { urls: [member.url] })).ok);
    assertEquals((await member.alerts()).length, 2000);
  },
});
