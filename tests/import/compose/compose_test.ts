import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  checksOf,
  importTexts,
  type ImportTextsOptions,
  issuesOf,
} from "../../support/imports.ts";

/** A Compose file with one service, of the fields of a healthcheck. */
function service(health: string, more = ""): string {
  return `services: { web: { ${more} healthcheck: ${health} } }`;
}

/** The check of the service `web`. */
async function webOf(text: string, options?: ImportTextsOptions) {
  const imported = await importTexts("compose", text, options);
  const web = checksOf(imported)["web"];
  return { web, command: web?.["command"], warnings: imported.warnings };
}

/** A test, and the command that it becomes. */
const TESTS: readonly (readonly [string, string | readonly string[]])[] = [
  ["curl localhost", "curl localhost"],
  ['["CMD", "a", "b c"]', ["a", "b c"]],
  ['["CMD", "a", 1, true]', ["a", "1", "true"]],
  ['["CMD-SHELL", "a | b"]', "a | b"],
  ['["CMD-SHELL", "a $$1", "x"]', ["sh", "-c", "a $1", "x"]],
  ['["CMD", "$${A}", "$$$$"]', ["$${A}", "$$"]],
  ["a $(b) $1", "a $(b) $1"],
  ['["CMD", ""]', []],
];

for (const [test, command] of TESTS) {
  Deno.test(`import compose has ${test} run in its container`, async () => {
    const importing = importTexts("compose", service(`{ test: ${test} }`));
    if (command.length === 0) {
      assertEquals(await issuesOf(importing), [
        "services.web.healthcheck.test: expected a command, got an empty one",
      ]);
    } else {
      const { web } = checksOf(await importing);
      assertEquals(web?.["command"], command);
      assertEquals(web?.["container"], "shop1-web-1");
      assertEquals(web?.["runtime"], undefined);
    }
  });
}

/** Fields of a healthcheck, and the policy that they become. */
const POLICIES: readonly (readonly [string, Record<string, unknown>])[] = [
  ["", { interval: "30s", timeout: "30s", retries: 3 }],
  [
    "interval: 0s, timeout: 0s, retries: 0, start_period: 0s",
    { interval: "30s", timeout: "30s", retries: 3 },
  ],
  [
    "interval: 1m30s, timeout: 1h5m30s20ms, retries: '7'",
    { interval: "1m30s", timeout: "1h5m30s20ms", retries: 7 },
  ],
  [
    "start_period: 40s",
    {
      interval: "30s",
      timeout: "30s",
      retries: 3,
      start_period: "40s",
      start_interval: "5s",
    },
  ],
  [
    "start_period: 40s, start_interval: 1s, interval: 1.5s",
    {
      interval: "1s500ms",
      timeout: "30s",
      retries: 3,
      start_period: "40s",
      start_interval: "1s",
    },
  ],
  [
    "interval: '${LIFESIGN_I:-9s}', retries: '${LIFESIGN_R:-4}'",
    { interval: "9s", timeout: "30s", retries: 4 },
  ],
];

for (const [fields, policy] of POLICIES) {
  Deno.test(`import compose has Docker's policy of { ${fields} }`, async () => {
    const { web, warnings } = await webOf(
      service(`{ test: a${fields && `, ${fields}`} }`),
    );
    assertEquals(web, {
      type: "command",
      command: "a",
      container: "shop1-web-1",
      ...policy,
    });
    assertEquals(warnings, []);
  });
}

Deno.test("import compose takes Docker's default for what an unset variable leaves empty", async () => {
  const { web, warnings } = await webOf(
    service("{ test: a, interval: '$NOPE', timeout: '', retries: '${NOPE}' }"),
  );
  assertEquals(web, {
    type: "command",
    command: "a",
    container: "shop1-web-1",
    interval: "30s",
    timeout: "30s",
    retries: 3,
  });
  for (const key of ["interval", "timeout", "retries"]) {
    const path = `services.web.healthcheck.${key}`;
    assertEquals(
      warnings.filter((it) => it.includes(`${path}: is empty`))
        .map((it) => it.slice(it.indexOf(path))),
      [`${path}: is empty: Docker's default is used`],
    );
  }
});

/** What is wrong, and what is said of it. */
const WRONG: readonly (readonly [string, readonly string[]])[] = [
  ["", ["expected a Compose file with services"]],
  ["[1]", ["expected a Compose file with services"]],
  ["a: 1", ["services: expected a map of services, got nothing"]],
  ["services: [web]", ["services: expected a map of services, got a list"]],
  ["services: { web: 1 }", ["services.web: expected a service, got 1"]],
  ["a: [", ["unexpected end"]],
  [
    service("true"),
    ["services.web.healthcheck: expected a map such as { test: … }, got true"],
  ],
  [
    service("{ test: a, intervall: 5s, interval: soon, retries: -1 }"),
    [
      'services.web.healthcheck.intervall: unknown key; did you mean "interval"?',
      'services.web.healthcheck.interval: expected a duration such as 1m30s, got "soon"',
      "services.web.healthcheck.retries: expected a whole number of 0 or more, got -1",
    ],
  ],
  [
    service("{ test: a, interval: 30, timeout: [5s] }"),
    [
      "services.web.healthcheck.interval: expected a duration such as 1m30s, got 30",
      "services.web.healthcheck.timeout: expected a duration such as 1m30s, got a list",
    ],
  ],
  [service("{ test: [a, b] }"), [
    'services.web.healthcheck.test[0]: expected "NONE", "CMD" or "CMD-SHELL", got "a"',
  ]],
  [service("{ test: [CMD] }"), [
    "services.web.healthcheck.test: expected a command, got an empty one",
  ]],
  [service("{ test: [CMD, a, null, {}] }"), [
    "services.web.healthcheck.test[2]: expected a string, got null",
    "services.web.healthcheck.test[3]: expected a string, got an empty map",
  ]],
  [service("{ test: '${date ' }"), [
    "services.web.healthcheck.test: expected ${NAME} or ${NAME:-default}; write $${ for a plain ${",
  ]],
  [service("{ test: '${LIFESIGN_X:?set it}' }"), [
    "services.web.healthcheck.test: the variable LIFESIGN_X is required: set it",
  ]],
  [service("{ test: a }", "extends: base,"), [
    'services.web.extends: there is no service "base" in a.yaml',
  ]],
  [service("{ test: a }", "extends: web,"), [
    'services.web.extends: "web" extends itself',
  ]],
  [service("{ test: a }", "extends: { file: no.yaml, service: x },"), [
    "services.web.extends.file: no.yaml: no such file",
  ]],
  [service("{ test: a }", "extends: {},"), [
    "services.web.extends.service: expected the name of a service, got nothing",
  ]],
  ["services: { web: { <<: 1 } }", [
    'services.web["<<"]: expected a map or a list of maps to merge, got 1',
  ]],
  ["services: &x { web: *x }", ["expected a smaller file"]],
];

for (const [text, issues] of WRONG) {
  Deno.test(`import compose says what is wrong with ${text}`, async () => {
    const found = await issuesOf(importTexts("compose", text));
    assertEquals(found.length, issues.length, found.join("\n"));
    issues.forEach((issue, i) => assertStringIncludes(found[i]!, issue));
  });
}

Deno.test("import compose names the file of each issue if there are several", async () => {
  const found = await issuesOf(importTexts("compose", [
    service("{ test: a, retries: x }"),
    service("{ timeout: y }"),
  ]));
  assertEquals(
    found,
    [
      'b.yaml: services.web.healthcheck.timeout: expected a duration such as 1m30s, got "y"',
      'a.yaml: services.web.healthcheck.retries: expected a whole number of 0 or more, got "x"',
    ],
  );
});

/** What cannot be carried over, and what is said of it. */
const WARNED: readonly (readonly [string, string])[] = [
  [service("{ disable: true }"), "the healthcheck is disabled"],
  [service("{ disable: 'yes', test: a }"), "the healthcheck is disabled"],
  [service("{ test: [NONE] }"), "the healthcheck is disabled"],
  [service("{ test: NONE }"), 'the form is ["NONE"]'],
  [service("{ interval: 5s }"), "has no test (the image may have one)"],
  [service("{ test: [] }"), "is empty (the image may have a test)"],
  ["include: [a.yaml]", "include: is not followed"],
  [
    "services: { web: {} }",
    "no healthcheck in the file (the image may have one): web",
  ],
  ["services: { web: null }", "no healthcheck"],
  [
    service("{ test: a }", "deploy: { replicas: 0 },"),
    "there are no containers",
  ],
];

for (const [text, warning] of WARNED) {
  Deno.test(`import compose warns of ${text}`, async () => {
    const { text: output, warnings } = await importTexts("compose", text);
    assertEquals(output, undefined);
    if (text.includes("null")) return;
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, warning);
  });
}

Deno.test("import compose warns of what is not as it was, and goes on", async () => {
  const { warnings } = await webOf(
    `include: [x.yaml]\n${
      service(
        "{ test: echo $LIFESIGN_UNSET, interval: 500us, timeout: 30d, start_interval: 1s }",
        "profiles: [debug], scale: 2,",
      )
    }`,
  );
  assertEquals(warnings, [
    "a.yaml: include: is not followed: import its files, too",
    "a.yaml: services.web.healthcheck.test: the variable LIFESIGN_UNSET is not set: treated as empty",
    "a.yaml: services.web.healthcheck.interval: becomes 1ms: durations are whole milliseconds, at most 24d",
    "a.yaml: services.web.healthcheck.timeout: becomes 24d: durations are whole milliseconds, at most 24d",
    "a.yaml: services.web.healthcheck.start_interval: not imported: it has no meaning without a start_period",
    "a.yaml: services.web.profiles: runs only with the profile debug",
    "a.yaml: services.web.scale: the check covers only the first of 2 containers",
  ]);
});

/** Where a container's name comes from. */
const NAMES: readonly (readonly [string, string, ImportTextsOptions])[] = [
  ["", "shop1-web-1", {}],
  ["name: own\n", "own-web-1", {}],
  ["name: ${LIFESIGN_N}\n", "env-web-1", { variables: { LIFESIGN_N: "env" } }],
  ["name: own\n", "env-web-1", { variables: { COMPOSE_PROJECT_NAME: "env" } }],
  ["name: own\n", "dot-web-1", {
    files: { ".env": "COMPOSE_PROJECT_NAME=dot" },
  }],
  ["name: own\n", "flag-web-1", {
    project: "flag",
    variables: { COMPOSE_PROJECT_NAME: "env" },
  }],
  ["", "shop1-web-1", { exec: "nerdctl" }],
  ["", "shop1_web_1", { exec: "podman" }],
  ["x-podman: { name_separator_compat: true }\n", "shop1-web-1", {
    exec: "podman",
  }],
  ["x-podman: { docker_compose_compat: true }\n", "shop1-web-1", {
    exec: "podman",
  }],
  ["x-podman: { name_separator_compat: false }\n", "shop1_web_1", {
    exec: "podman",
  }],
];

for (const [top, name, options] of NAMES) {
  Deno.test(`import compose names the container ${name}, of ${JSON.stringify(top)} and ${JSON.stringify(options)}`, async () => {
    const { web } = await webOf(top + service("{ test: a }"), options);
    assertEquals(web?.["container"], name);
    assertEquals(web?.["runtime"], options.exec);
  });
}

Deno.test("import compose takes no container_name that containers cannot have", async () => {
  const named = (name: string) =>
    service("{ test: a }", `container_name: "${name}",`);
  const { web } = await webOf(named("$LIFESIGN_UNSET"));
  assertEquals(web?.["container"], "shop1-web-1");
  assertEquals(await issuesOf(importTexts("compose", named("a b"))), [
    'services.web.container_name: expected the name of a container, got "a b"',
  ]);
});

Deno.test("import compose leaves out what is in a container without a name", async () => {
  const { warnings, web } = await webOf(service("{ test: a }"), {
    folder: () => undefined,
  });
  assertEquals(web, undefined);
  assertStringIncludes(warnings[0]!, "give --project NAME");
});

Deno.test("import compose takes variables from the environment and from .env", async () => {
  const text = service(
    '{ test: ["CMD", "$LIFESIGN_A", "${LIFESIGN_B:-x}", "${LIFESIGN_C:-x}"] }',
  );
  const { command } = await webOf(text, {
    variables: { LIFESIGN_A: "a" },
    files: { ".env": "LIFESIGN_A=no\nLIFESIGN_B=b" },
  });
  // What lifesign would not see itself is put in its place.
  assertEquals(command, [
    "${LIFESIGN_A:-}",
    "b",
    "${LIFESIGN_C:-x}",
  ]);
});

Deno.test("import compose warns of variables that may not be read, and takes them for unset", async () => {
  const { command, warnings } = await webOf(
    service("{ test: 'a ${LIFESIGN_SECRET:-b}' }"),
    {
      env(name) {
        throw new Deno.errors.NotCapable(name);
      },
    },
  );
  assertEquals(command, "a b");
  assertStringIncludes(warnings[0]!, "--allow-env=LIFESIGN_SECRET");
});

Deno.test("import compose --exec none runs tests here, with the variables that they name", async () => {
  const { web } = await webOf(
    service(
      '{ test: "pg_isready -U $$PGUSER -d $${DB}" }',
      "environment: { PGUSER: me, DB: '${LIFESIGN_DB:-db}', SECRET: x },",
    ),
    { exec: "none" },
  );
  assertEquals(web?.["command"], "pg_isready -U $PGUSER -d $${DB}");
  assertEquals(web?.["container"], undefined);
  assertEquals(web?.["env"], { PGUSER: "me", DB: "${LIFESIGN_DB:-db}" });
});

Deno.test("import compose lets later files go over earlier ones", async () => {
  const imported = await importTexts("compose", [
    `name: a
services:
  web: { container_name: one, healthcheck: { test: a, interval: 5s, retries: 2 } }
  old: { healthcheck: { test: a } }
`,
    `name: b
services:
  web: { container_name: two, healthcheck: { test: [CMD, b], retries: 9 } }
  new: { healthcheck: { test: a } }
  old: { healthcheck: !reset null }
`,
  ]);
  const { web, old, new: added } = checksOf(imported);
  assertEquals(old, undefined);
  assertEquals(added?.["container"], "b-new-1");
  assertEquals(web, {
    type: "command",
    command: ["b"],
    container: "two",
    interval: "5s",
    timeout: "30s",
    retries: 9,
  });
});

Deno.test("import compose follows extends from file to file", async () => {
  const imported = await importTexts(
    "compose",
    "services: { web: { extends: { file: ../base/x.yaml, service: one } } }",
    {
      files: {
        "../base/x.yaml":
          "services: { one: { extends: two }, two: { extends: { file: y.yaml, service: three }, healthcheck: { retries: 1 } } }",
        "../base/y.yaml":
          "services: { three: { healthcheck: { test: a, retries: 5, timeout: 1s } } }",
      },
    },
  );
  const { retries, timeout } = checksOf(imported)["web"]!;
  assertEquals([retries, timeout], [1, "1s"]);
  assertStringIncludes(
    imported.text!,
    "# ../base/y.yaml: services.three.healthcheck.test",
  );
});

Deno.test("import compose keeps the order of services, whatever their names look like", async () => {
  const names = ["web", "443", "80", "api"];
  const block = names.map((name) => `  ${name}: { healthcheck: { test: x } }\n`)
    .join("");
  const json = names.map((name) => `"${name}":{"healthcheck":{"test":"x"}}`);
  for (const text of [`services:\n${block}`, `{"services":{${json}}}`]) {
    const { text: config } = await importTexts("compose", text);
    assertEquals(
      Array.from(config!.matchAll(/^ {2}"?(\w+)"?:$/gm), ([, id]) => id),
      names,
    );
  }
});
