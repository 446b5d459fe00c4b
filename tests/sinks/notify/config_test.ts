import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ConfigError,
  loadConfig,
  parseConfig,
} from "../../../src/agent/config.ts";
import { needsOf } from "../../../src/agent/needs.ts";
import { policyOf } from "../../../src/sinks/notify/spec.ts";
import { folderOf } from "../../support/plugins.ts";

/** A config with notifiers, and a check in a group and one in none. */
function textOf(notify: string): string {
  return `
notify: ${notify}
checks:
  web: { type: tcp, port: 1, group: edge }
  db: { type: tcp, port: 2 }
`;
}

/** Notifiers, and what is wrong with them. */
const WRONG: readonly (readonly [notify: string, ...string[]])[] = [
  ["[]", ": expected a map of notifiers by their names, got an empty list"],
  [
    "{ team: log }",
    '.team: expected a notifier such as { type: log }, got "log"',
  ],
  ["{ team: {} }", '.team.type: expected one of "'],
  ["{ team: { type: lgo } }", '.team.type: expected one of "'],
  [
    "{ team: { type: lgo, on: down, limit: 0 } }",
    '.team.type: expected one of "',
    ".team.on: expected a list of statuses such as [unhealthy], got",
    ".team.limit: expected a whole number of 1 or more, got 0",
  ],
  [
    "{ team: { type: log, url: x } }",
    ".team.url: unknown key; expected one of type, on, after",
  ],
  [
    "{ team: { type: log, checks: web, groups: edge } }",
    '.team.checks: expected a list of ids of checks such as [web], got "web"',
    '.team.groups: expected a list of groups such as [shop], got "edge"',
  ],
  [
    "{ team: { type: log, remnd: 4h, afer: 1m } }",
    '.team.remnd: unknown key; did you mean "remind"?',
    '.team.afer: unknown key; did you mean "after"?',
  ],
  [
    "{ team: { type: log, on: [healthy] } }",
    '.team.on[0]: expected "degraded", "unknown", "unhealthy" or "agent", got "healthy"',
  ],
  [
    "{ team: { type: log, on: [unhealty] } }",
    '.team.on[0]: expected "degraded", "unknown", "unhealthy" or "agent", got "unhealty"; did you mean "unhealthy"?',
  ],
  ["{ team: { type: log, on: [] } }", ".team.on: expected a list of statuses"],
  ["{ team: { type: log, after: 5 } }", ".team.after: expected a duration"],
  [
    "{ team: { type: log, remind: true } }",
    '.team.remind: expected a duration such as "4h", or false, got true',
  ],
  [
    "{ team: { type: log, remind: 59s } }",
    '.team.remind: expected at least 1m, or false, got "59s"',
  ],
  [
    "{ team: { type: log, checks: [wbe], groups: [egde], self: [db, dbb] } }",
    '.team.checks[0]: there is no check "wbe"; did you mean "web"?',
    '.team.self[1]: there is no check "dbb"',
    '.team.groups[0]: there is no group "egde"; did you mean "edge"?',
  ],
  [
    "{ team: { type: log, checks: [web, db], self: [db, web] } }",
    ".team.self: expected others than checks: nothing is sent if they fail",
  ],
  [
    '{ team: { type: log, quiet: { from: "25:00" } } }',
    '.team.quiet.from: expected a time of day such as "22:00", got "25:00"',
    '.team.quiet.to: expected a time of day such as "22:00", got nothing',
  ],
  [
    "{ team: { type: log, quiet: { from: 22:00, to: 22:00, timezone: Berlin } } }",
    '.team.quiet.timezone: expected a time zone such as "Europe/Berlin", got "Berlin"',
    ".team.quiet.to: expected another time than from, or only some days",
  ],
  [
    "{ team: { type: log, quiet: { from: 22:00, to: 07:00, days: [tues] } } }",
    '.team.quiet.days[0]: expected "mon", "tue", ',
  ],
  [
    '{ "a.b": { type: log, limit: no }, "": { type: log }, c: 7, d: { type: log, remind: 1s } }',
    '["a.b"].limit: expected a whole number',
    ".c: expected a notifier such as { type: log }, got 7",
    '[""]: expected a name, got an empty one',
    ".d.remind: expected at least 1m",
  ],
];

for (const [notify, ...problems] of WRONG) {
  Deno.test(`a config is refused with the notifiers ${notify}`, () => {
    const { issues } = assertThrows(
      () => parseConfig(textOf(notify), { env: () => undefined }),
      ConfigError,
    );
    assertEquals(
      issues.map(({ path, message }, i) =>
        `${path}: ${message}`.slice(0, `notify${problems[i]}`.length)
      ),
      problems.map((problem) => `notify${problem}`),
    );
  });
}

Deno.test("what is wrong with a notifier is said with all other problems", async () => {
  await using folder = await folderOf({
    "it.yaml": "notify:\n  team: { type: lgo }\nchecks: { a: { type: tcp } }\n",
  });
  const error = await assertRejects(
    () => loadConfig(`${folder.path}/it.yaml`),
    ConfigError,
  );
  assertEquals(error.issues.map(({ path }) => path), [
    "notify.team.type",
    "checks.a.port",
  ]);
});

Deno.test("a notifier has the defaults, or what the file says", () => {
  const { sections } = parseConfig(
    textOf(`
  plain: { type: log }
  full:
    type: "\${TYPE}"
    on: [degraded, agent, unknown]
    after: 2m
    remind: 4h
    resolved: "\${RESOLVED}"
    gather: 0
    limit: 5
    checks: [web]
    groups: [edge]
    self: [db]
`),
    { env: (name) => ({ TYPE: "log", RESOLVED: "false" })[name] },
  );
  const [plain, full] = sections.notify!;
  assertEquals([plain!.name, plain!.type, plain!.options], [
    "plain",
    "log",
    {},
  ]);
  assertEquals(policyOf(plain!, "UTC"), {
    agents: false,
    on: ["unhealthy"],
    afterMs: 0,
    remindMs: null,
    resolved: true,
    gatherMs: null,
    limit: 20,
    checks: null,
    groups: null,
    self: [],
    quiet: null,
  });
  assertEquals([full!.name, full!.type], ["full", "log"]);
  assertEquals(policyOf(full!, "UTC"), {
    agents: true,
    on: ["degraded", "unknown"],
    afterMs: 120_000,
    remindMs: 4 * 3_600_000,
    resolved: false,
    gatherMs: 0,
    limit: 5,
    checks: new Set(["web"]),
    groups: new Set(["edge"]),
    self: ["db"],
    quiet: null,
  });
});

Deno.test("names of notifiers are only names", () => {
  for (const name of ["__proto__", "constructor", "a/b", "été", "7"]) {
    const text = textOf(`{ ${JSON.stringify(name)}: { type: log } }`);
    const { sections } = parseConfig(text);
    assertEquals(sections.notify!.map(({ name }) => name), [name]);
    assertThrows(
      () => parseConfig(text.replace("type: log", "type: __proto__")),
      ConfigError,
      "expected one of",
    );
  }
});

Deno.test("a config without notifiers has none", () => {
  const text = "checks: { a: { type: tcp, port: 1 } }";
  assertEquals(parseConfig(text).sections.notify, []);
});

Deno.test("the permissions of notifiers are those of their receivers, and of variables", async () => {
  await using folder = await folderOf({
    "it.yaml": textOf('{ team: { type: "${LIFESIGN_X:-log}" } }'),
  });
  const needs = await needsOf(`${folder.path}/it.yaml`);
  assertEquals(
    needs.filter(({ name }) => name === "env").map((it) =>
      (it as Deno.EnvPermissionDescriptor).variable
    ),
    ["LIFESIGN_TOKEN", "LIFESIGN_X"],
  );
});

Deno.test("the hosts of notifiers are among the permissions", async () => {
  const url = "https://hooks.example/x";
  const notify = { a: { type: "webhook", url }, b: { type: "slack", url } };
  await using folder = await folderOf({
    "it.yaml": textOf(JSON.stringify(notify)),
  });
  const needs = await needsOf(`${folder.path}/it.yaml`);
  const hosts = needs.flatMap((it) => it.name === "net" ? [it.host] : []);
  assertEquals(hosts.filter((host) => host === "hooks.example:443").length, 1);
});

Deno.test("what is wrong with a notifier shows no variable", () => {
  const secret = "https://hooks.example:no/s3cret";
  for (const type of ["webhook", "slack", "discord", "email"]) {
    const { issues } = assertThrows(
      () =>
        parseConfig(textOf(`{ team: { type: ${type}, url: "\${HOOK}" } }`), {
          env: () => secret,
        }),
      ConfigError,
    );
    assertEquals(issues.some(({ path }) => path === "notify.team.url"), true);
    assertEquals(JSON.stringify(issues).includes("s3cret"), false, type);
  }
});
