import "../../support/no_proxy.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { fail, Fleet, OptionError, pass, probe } from "../../../mod.ts";
import { createApp } from "../../../src/server/mod.ts";
import {
  type NotifierOptions,
  notify,
  type NotifyOptions,
} from "../../../src/sinks/notify/mod.ts";
import { KeptMap } from "./told.ts";

/** Waits until something is so. */
async function until(is: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!is()) {
    if (Date.now() > end) throw new Error(`Waited for ${is}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const DOWN = fail({ code: "refused", message: "it refused" });

/** Options that are not valid, and what is wrong with them. */
const WRONG: readonly (readonly [options: unknown, problem: RegExp])[] = [
  [{ type: "slak" }, /^notifiers\.team\.type: expected one of .*"slack"/],
  [7, /^notifiers\.team: expected a notifier such as \{ type: log \}, got 7/],
  [
    null,
    /^notifiers\.team: expected a notifier such as \{ type: log \}, got null/,
  ],
  [{ type: "slack" }, /^notifiers\.team\.url: expected .*, got nothing/],
  [{ type: "slack", url: "no" }, /^notifiers\.team\.url: expected /],
  [
    { type: "log", remind: 5 },
    /^notifiers\.team\.remind: expected at least 1m/,
  ],
  [{ type: "log", after: -1 }, /^notifiers\.team\.after: expected a duration/],
  [{ type: "log", after: NaN }, /^notifiers\.team\.after: expected a duration/],
  [{ type: "log", on: ["healthy"] }, /^notifiers\.team\.on\[0\]: expected /],
  [{ type: "log", afer: 1 }, /^notifiers\.team\.afer: unknown key.*"after"/],
  [
    { type: "log", quiet: { from: "1:00", to: "02:00" } },
    /^notifiers\.team\.quiet\.from: expected a time of day/,
  ],
  [
    { type: "log", checks: ["a"], self: ["a"] },
    /^notifiers\.team\.self: expected others than checks/,
  ],
];

for (const [options, problem] of WRONG) {
  Deno.test(`notify() refuses ${JSON.stringify(options)}`, async () => {
    await using fleet = new Fleet();
    const error = assertThrows(
      () => notify(fleet, { notifiers: { team: options as NotifierOptions } }),
      OptionError,
    );
    assertEquals(problem.test(error.message), true, error.message);
  });
}

Deno.test("notify() refuses time zones and URLs that are none", async () => {
  await using fleet = new Fleet();
  for (
    const [options, message] of [
      [{ timeZone: "Berlin" }, 'timeZone: expected a time zone such as "Euro'],
      [{ url: "status" }, "url: expected a URL with http: or https:"],
    ] as const
  ) {
    assertThrows(
      () => notify(fleet, { notifiers: {}, ...options }),
      OptionError,
      message,
    );
  }
});

/** A fleet with notifiers, whose check is as it should be. */
async function run(
  options: Partial<NotifyOptions>,
  work: (
    told: {
      readonly fleet: Fleet;
      readonly said: string[];
      set(down: boolean): void;
    },
  ) => Promise<void>,
): Promise<void> {
  const said: string[] = [];
  let isDown = false;
  await using fleet = new Fleet();
  fleet.add(probe(() => isDown ? DOWN : pass()), {
    id: "web",
    interval: 20,
    retries: 1,
    backoff: false,
  });
  await using _notifications = notify(fleet, {
    notifiers: { me: { type: "log", gather: 0, after: 0 } },
    onMessage: (message) => said.push(message.replace(/ \(.*| after.*/, "")),
    ...options,
  });
  await work({ fleet, said, set: (down) => isDown = down });
}

Deno.test("notify() tells of the checks of a fleet, and its app shows how it does", async () => {
  await using fleet = new Fleet();
  let isDown = true;
  fleet.add(probe(() => isDown ? DOWN : pass()), {
    id: "web",
    interval: 20,
    retries: 1,
  });
  const said: string[] = [];
  await using notifications = notify(fleet, {
    notifiers: { me: { type: "log", gather: 0 } },
    onMessage: (message) => said.push(message),
  });
  await until(() => said.length === 1);
  assertEquals(said, ["notify.me: DOWN web: it refused"]);
  assertEquals(notifications.incidents.list().length, 1);
  isDown = false;
  await until(() => said.length === 2);
  const app = createApp(fleet, { notifications });
  const list = await (await app.request("/notifications")).json();
  assertEquals([list[0].name, list[0].sent], ["me", 2]);
  await notifications.close();
  isDown = true;
  await fleet.until("unhealthy");
  await new Promise((resolve) => setTimeout(resolve, 100));
  assertEquals(said.length, 2);
});

Deno.test("notify() says what cannot be sent, and of which notifier", async () => {
  const me = {
    type: "command",
    command: ["lifesign-no-such-program"],
    gather: 0,
  };
  await run({ notifiers: { me } }, async ({ said, set }) => {
    set(true);
    await until(() => said.length === 1);
    assertEquals(said, [
      "notify.me: cannot send, trying again: Program not found: lifesign-no-such-program",
    ]);
  });
});

Deno.test("notify() repeats and forgets nothing after a restart, if it may keep values", async () => {
  const kept = new KeptMap();
  await run({ kept }, async ({ said, set }) => {
    set(true);
    await until(() => said.length === 1);
  });
  await run({ kept }, async ({ fleet, said, set }) => {
    set(true);
    await fleet.until("unhealthy");
    await new Promise((resolve) => setTimeout(resolve, 200));
    assertEquals(said, []);
    set(false);
    await until(() => said.length === 1);
    assertEquals(said, ["notify.me: UP web"]);
  });
  await run({ kept }, async ({ said, set }) => {
    set(true);
    await until(() => said.length === 1);
  });
  // The check is removed while nothing runs.
  const said: string[] = [];
  await using fleet = new Fleet();
  await using _notifications = notify(fleet, {
    notifiers: { me: { type: "log", gather: 0 } },
    onMessage: (message) => said.push(message.replace(/,.*/, "")),
    kept,
  });
  await until(() => said.length === 1);
  assertEquals(said, ["notify.me: REMOVED web"]);
});

Deno.test("notify() tells although what it keeps cannot be written", async () => {
  const kept = new class extends KeptMap {
    override written(): Promise<boolean> {
      return Promise.reject(new Error("disk full"));
    }
  }();
  const errors = new Set<string>();
  const onError = (error: unknown) => errors.add(String(error));
  await run({ kept, onError }, async ({ said, set }) => {
    set(true);
    await until(() => said.length === 1);
    set(false);
    await until(() => said.length === 2);
    assertEquals(said, [
      "notify.me: DOWN web: it refused",
      "notify.me: UP web",
    ]);
  });
  assertEquals([...errors], ["Error: disk full"]);
});

Deno.test("notify() forgets incidents from before that are damaged, and tells of the others", async () => {
  const kept = new KeptMap();
  for (
    const [name, value] of [
      ["torn", '{"id":"torn'],
      ["null", "null"],
      ["old", '{"id":"old","check":"web"}'],
    ] as const
  ) kept.put(`incident/${name}`, value);
  await run({ kept }, async ({ said, set }) => {
    set(true);
    await until(() => said.length === 1);
    assertEquals(said, ["notify.me: DOWN web: it refused"]);
    const names = [...kept.list("incident/")].map(([name]) => name);
    assertEquals(names.length, 1);
  });
});

Deno.test("notify() follows the fleet no more once it is closed", async () => {
  const names: string[] = [];
  const kept = new class extends KeptMap {
    override put(name: string, value: string | null): void {
      names.push(name);
      super.put(name, value);
    }
  }();
  await using fleet = new Fleet();
  let isDown = false;
  fleet.add(probe(() => isDown ? DOWN : pass()), {
    id: "web",
    interval: 20,
    retries: 1,
  });
  const notifications = notify(fleet, {
    notifiers: { me: { type: "log", gather: 0 } },
    kept,
  });
  await fleet.until("healthy");
  await notifications.close();
  names.length = 0;
  isDown = true;
  await fleet.until("unhealthy");
  assertEquals([names, notifications.incidents.list()], [[], []]);
});
