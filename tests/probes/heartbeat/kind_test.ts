import { assertEquals } from "@std/assert";
import {
  type Config,
  ConfigError,
  loadConfig,
} from "../../../src/agent/config.ts";
import { folderOf } from "../../support/plugins.ts";

async function load(check: string): Promise<Config> {
  await using folder = await folderOf({
    "it.yaml": `checks: { job: { type: heartbeat, ${check} } }`,
  });
  return await loadConfig(`${folder.path}/it.yaml`, { env: () => undefined });
}

for (
  const [check, target] of [
    ["every: 1h", "every 1h"],
    [
      "every: 1h, grace: 10m, max_runtime: 2h, token: abc, group: x",
      "every 1h",
    ],
    ["every: 31d", "every 31d"],
    ["schedule: '0 3 * * *'", "0 3 * * * UTC"],
    [
      "schedule: '@daily', timezone: Europe/Berlin",
      "@daily Europe/Berlin",
    ],
  ] as const
) {
  Deno.test(`a heartbeat may have ${check}`, async () => {
    const { checks: [it] } = await load(check);
    assertEquals(it!.probe.target, target);
    assertEquals(it!.probe.permissions, []);
  });
}

for (
  const [check, problem] of [
    ["", "every: expected this, or a schedule"],
    ["every: 1h, schedule: '@daily'", "schedule: expected no every with it"],
    ["every: 1h, timezone: UTC", "timezone: expected a schedule with it"],
    [
      "schedule: '0 3 * *'",
      'schedule: expected five fields such as "0 3 * * *", or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, got "0 3 * *"',
    ],
    [
      "schedule: '0 24 * * *'",
      'schedule: expected a schedule such as "0 3 * * *", got "0 24 * * *": invalid value for hour: 24',
    ],
    [
      "schedule: '0 0 30 2 *'",
      'schedule: expected a schedule that has a run, got "0 0 30 2 *"',
    ],
    [
      "schedule: '@daily', timezone: Berlin",
      'timezone: expected a time zone such as "Europe/Berlin", got "Berlin"',
    ],
    [
      "every: 0s",
      'every: expected a duration above 0 such as "500ms", "10s" or "1m30s", got "0s"',
    ],
    ["every: 401d", 'every: expected at most 400d, got "401d"'],
    [
      "every: 1h, token: 'a b'",
      "token: expected a bearer token of letters, digits and -._~+/, got another string",
    ],
    [
      "every: 1h, retries: 3",
      "retries: unknown key; expected one of type, every, schedule, timezone, grace, max_runtime, token, group, depends_on, from, name, description, link",
    ],
  ] as const
) {
  Deno.test(`a heartbeat is refused with ${check || "nothing"}`, async () => {
    const issues = await load(check).then(() => [], (thrown) => {
      if (!(thrown instanceof ConfigError)) throw thrown;
      return thrown.issues.map(({ path, message }) => `${path}: ${message}`);
    });
    assertEquals(issues, [`checks.job.${problem}`]);
  });
}

Deno.test("the schedule of a heartbeat goes by the time zone of its file", async () => {
  await using folder = await folderOf({
    "it.yaml": `
timezone: Europe/Berlin
checks:
  file: { type: heartbeat, schedule: "@daily" }
  own: { type: heartbeat, schedule: "@daily", timezone: America/New_York }
  every: { type: heartbeat, every: 1h }
  tcp: { type: tcp, port: 1 }
`,
  });
  const config = await loadConfig(`${folder.path}/it.yaml`);
  assertEquals(config.timezone, "Europe/Berlin");
  assertEquals(config.checks.map(({ probe }) => probe.target), [
    "@daily Europe/Berlin",
    "@daily America/New_York",
    "every 1h",
    "127.0.0.1:1",
  ]);
});
