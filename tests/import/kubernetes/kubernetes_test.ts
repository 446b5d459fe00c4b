import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseConfig } from "../../../src/agent/config.ts";
import { checksOf, importTexts, issuesOf } from "../../support/imports.ts";
import { patient } from "../../support/outcomes.ts";
import { httpServer } from "../../support/servers.ts";

interface PodOptions {
  readonly kind?: string;
  readonly container?: Record<string, unknown>;
  readonly metadata?: Record<string, unknown>;
}

/** A pod with one container. */
function pod(
  probes: Record<string, unknown>,
  { kind = "Pod", container = {}, metadata = { name: "web" } }: PodOptions = {},
): string {
  const spec = { containers: [{ name: "main", ...probes, ...container }] };
  return JSON.stringify({
    apiVersion: kind === "Pod" ? "v1" : "apps/v1",
    kind,
    metadata,
    spec: kind === "Pod" ? spec : { template: { spec } },
  });
}

const liveness = (handler: Record<string, unknown>, more = {}): string =>
  pod({ livenessProbe: { ...handler, ...more } });

async function livenessOf(text: string) {
  const { group: _, ...check } = checksOf(
    await importTexts("kubernetes", text),
  )["web/liveness"]!;
  return check;
}

const DEFAULTS = { interval: "10s", timeout: "1s", retries: 3 };

/** What a probe does, and the check that it becomes. */
const HANDLERS: readonly (readonly [
  Record<string, unknown>,
  Record<string, unknown>,
])[] = [
  [
    { httpGet: { port: 80 } },
    { type: "http", url: "http://127.0.0.1:80/", status: "200-399" },
  ],
  [
    { httpGet: { port: "8080", path: "health?a=b" } },
    {
      type: "http",
      url: "http://127.0.0.1:8080/health?a=b",
      status: "200-399",
    },
  ],
  [
    { httpGet: { port: 80, host: "::1", scheme: "http", path: "/$${x}" } },
    { type: "http", url: "http://[::1]:80/$$${x}", status: "200-399" },
  ],
  [
    {
      httpGet: {
        port: 80,
        httpHeaders: [
          { name: "Host", value: "a.example" },
          { name: "X", value: "1" },
          { name: "X", value: "2" },
        ],
      },
    },
    {
      type: "http",
      url: "http://127.0.0.1:80/",
      headers: { Host: "a.example", X: "1, 2" },
      status: "200-399",
    },
  ],
  [
    { tcpSocket: { port: 5432 } },
    { type: "tcp", host: "127.0.0.1", port: 5432 },
  ],
  [
    { tcpSocket: { port: 5432, host: "db" } },
    { type: "tcp", host: "db", port: 5432 },
  ],
  [
    { grpc: { port: 50051 } },
    { type: "grpc", host: "127.0.0.1", port: 50051 },
  ],
  [
    { grpc: { port: 50051, service: null } },
    { type: "grpc", host: "127.0.0.1", port: 50051 },
  ],
  [
    { grpc: { port: 1, service: "shop.${A}" } },
    { type: "grpc", host: "127.0.0.1", port: 1, service: "shop.$${A}" },
  ],
  [
    { exec: { command: ["sh", "-c", "echo $A ${B}"] } },
    {
      type: "command",
      command: [
        "kubectl",
        "exec",
        "pod/web",
        "-c",
        "main",
        "--",
        "sh",
        "-c",
        "echo $A $${B}",
      ],
    },
  ],
];

for (const [handler, fields] of HANDLERS) {
  Deno.test(`import kubernetes makes a check of ${JSON.stringify(handler)}`, async () => {
    assertEquals(await livenessOf(liveness(handler)), {
      ...fields,
      ...DEFAULTS,
    });
  });
}

/** A probe's numbers, and the policy that they become. */
const NUMBERS: readonly (readonly [
  Record<string, unknown>,
  Record<string, unknown>,
])[] = [
  [{}, DEFAULTS],
  [
    {
      periodSeconds: 0,
      timeoutSeconds: 0,
      failureThreshold: 0,
      successThreshold: 0,
    },
    DEFAULTS,
  ],
  [
    {
      initialDelaySeconds: 90,
      periodSeconds: 3,
      timeoutSeconds: 2,
      failureThreshold: 5,
      successThreshold: 2,
      terminationGracePeriodSeconds: 60,
    },
    {
      interval: "3s",
      timeout: "2s",
      retries: 5,
      rise: 2,
      initial_delay: "1m30s",
    },
  ],
];

for (const [numbers, policy] of NUMBERS) {
  Deno.test(`import kubernetes has Kubernetes' policy of ${JSON.stringify(numbers)}`, async () => {
    const { type: _, host: __, port: ___, ...found } = await livenessOf(
      liveness({ tcpSocket: { port: 1 } }, numbers),
    );
    assertEquals(found, policy);
  });
}

/** An argument of a command, and what the kubelet makes of it. */
const EXPANDED: readonly (readonly [string, string])[] = [
  ["$(PGPORT)", "6432"],
  ["-p$(PGPORT)x$(PGPORT)", "-p6432x6432"],
  ["$$(PGPORT) $(UNSET) $PGPORT", "$(PGPORT) $(UNSET) $PGPORT"],
  ["$$$(PGPORT) $$$$(PGPORT)", "$6432 $$(PGPORT)"],
  ["$(PGPORT ${PGPORT}", "$(PGPORT ${PGPORT}"],
  ["$(TWICE)", "second"],
  // The kubelet expands a value no further, and does not look values up.
  ["$(NESTED)", "$(PGPORT)"],
  ["[$(SECRET)]", "[]"],
  ["$(DOLLARS)", "a$$b"],
  ["$()", "$()"],
];

Deno.test("import kubernetes expands variables in commands as the kubelet does", async () => {
  const env = [
    { name: "PGPORT", value: 6432 },
    { name: "TWICE", value: "first" },
    { name: "TWICE", value: "second" },
    { name: "NESTED", value: "$(PGPORT)" },
    { name: "SECRET", valueFrom: { secretKeyRef: { name: "a", key: "b" } } },
    { name: "DOLLARS", value: "a$$b" },
  ];
  const command = ["x", ...EXPANDED.map(([argument]) => argument)];
  const imported = await importTexts(
    "kubernetes",
    pod({ livenessProbe: { exec: { command } } }, { container: { env } }),
  );
  const written = checksOf(imported)["web/liveness"]?.["command"] as string[];
  assertEquals(
    written.slice(7),
    EXPANDED.map(([, argument]) => argument.replaceAll("${", "$$${")),
  );
});

Deno.test("import kubernetes reads lists whose items have no kind", async () => {
  const { kind: _, apiVersion: __, ...item } = JSON.parse(
    liveness({ exec: { command: ["a"] } }),
  );
  const lists: [kind: string, items: unknown[], command: string][] = [
    ["PodList", [item], "pod/web"],
    ["PodList", [{ ...item, kind: "Pod", apiVersion: "v1" }], "pod/web"],
    [
      "DeploymentList",
      [{ ...item, spec: { template: { spec: item.spec } } }],
      "deploy/web",
    ],
    ["List", [{ kind: "PodList", items: [item] }], "pod/web"],
  ];
  for (const [kind, items, name] of lists) {
    const apiVersion = kind === "DeploymentList" ? "apps/v1" : "v1";
    const imported = await importTexts(
      "kubernetes",
      JSON.stringify({ kind, apiVersion, items }),
    );
    const { command } = checksOf(imported)["web/liveness"]!;
    assertEquals((command as string[])[2], name);
  }
  for (const items of [[], null, undefined]) {
    const { text } = await importTexts(
      "kubernetes",
      JSON.stringify({ kind: "PodList", apiVersion: "v1", items }),
    );
    assertEquals(text, undefined);
  }
  const other = await importTexts(
    "kubernetes",
    "{ kind: PriceList, apiVersion: example.com/v1, spec: {} }",
  );
  assertStringIncludes(other.warnings[0]!, "is an unknown kind");
  const found = await issuesOf(importTexts(
    "kubernetes",
    JSON.stringify({ kind: "List", items: [item] }),
  ));
  assertEquals(found, [
    "items[0].kind: expected the kind of an object, got nothing",
  ]);
});

const CUSTOM = "{ apiVersion: example.com/v1, kind: App, metadata: { name: a }";

/** Objects of other API groups, and what is said of them. */
const CUSTOMS: readonly (readonly [string, string])[] = [
  [
    "{ apiVersion: serving.knative.dev/v1, kind: Service, metadata: { name: hello }, spec: { template: { spec: { containers: [{ livenessProbe: { httpGet: { path: /healthz } } }] } } } }",
    'kind: "Service" of serving.knative.dev/v1 is not imported: spec.template.spec.containers[0].name: expected a name, got nothing',
  ],
  [
    "{ apiVersion: batch.volcano.sh/v1alpha1, kind: Job, metadata: { name: a }, spec: { tasks: [] } }",
    'kind: "Job" of batch.volcano.sh/v1alpha1 is an unknown kind: not imported',
  ],
  [
    `${CUSTOM}, spec: { template: { spec: { containers: 1 } } } }`,
    'kind: "App" of example.com/v1 is not imported: spec.template.spec.containers: expected a list of containers, got 1',
  ],
  [
    `${CUSTOM}, spec: { template: { spec: { containers: [{ name: a, livenessProbe: { every: 1, tcpSocket: { port: x } } }] } } } }`,
    'kind: "App" of example.com/v1 is not imported: spec.template.spec.containers[0].livenessProbe.every: unknown key',
  ],
  [
    "{ apiVersion: example.com/v1, kind: App, metadata: {}, spec: { template: { spec: { containers: [] } } } }",
    'kind: "App" of example.com/v1 is not imported: metadata.name: expected a name, got nothing',
  ],
  [
    `${CUSTOM}, spec: { template: { spec: { containers: [{ name: a, livenessProbe: { exec: { command: [a] } } }] } } } }`,
    "spec.template.spec.containers[0].livenessProbe.exec: not imported: kubectl cannot find the pods of a App by its name",
  ],
];

for (const [text, warning] of CUSTOMS) {
  Deno.test(`import kubernetes warns of ${text} and imports the rest`, async () => {
    const other = liveness({ tcpSocket: { port: 1 } });
    const imported = await importTexts("kubernetes", [text, other]);
    assertEquals(Object.keys(checksOf(imported)), ["web/liveness"]);
    assertEquals(imported.warnings.length, 1);
    assertStringIncludes(imported.warnings[0]!, `a.yaml: ${warning}`);
    // What Kubernetes itself defines has to be right.
    const found = await issuesOf(
      importTexts("kubernetes", [text, liveness({})]),
    );
    assertEquals(found.length, 1);
  });
}

Deno.test("import kubernetes reads an object of another API group that has pods", async () => {
  const imported = await importTexts(
    "kubernetes",
    `${CUSTOM}, spec: { template: { spec: { containers: [{ name: b, livenessProbe: { tcpSocket: { port: 1 } } }] } } } }`,
  );
  assertEquals(imported.warnings, []);
  assertEquals(Object.keys(checksOf(imported)), ["a/liveness"]);
});

Deno.test("import kubernetes finds ports by their names", async () => {
  const ports = [
    { name: "80", containerPort: 8080 },
    { name: "http", containerPort: 8081 },
  ];
  const imported = await importTexts(
    "kubernetes",
    pod({
      livenessProbe: { httpGet: { port: "http" } },
      readinessProbe: { tcpSocket: { port: "80" } },
    }, { container: { ports } }),
  );
  const checks = checksOf(imported);
  assertEquals(checks["web/liveness"]?.["url"], "http://127.0.0.1:8081/");
  assertEquals(checks["web/readiness"]?.["port"], 8080);
});

Deno.test("import kubernetes gives a startup probe's budget to the others", async () => {
  const tcpSocket = { port: 1 };
  const startupProbe = {
    tcpSocket,
    initialDelaySeconds: 10,
    periodSeconds: 5,
    failureThreshold: 12,
  };
  const other = { tcpSocket };
  const both = await importTexts(
    "kubernetes",
    pod({ startupProbe, livenessProbe: other, readinessProbe: other }),
  );
  assertEquals(both.warnings, []);
  const checks = checksOf(both);
  assertEquals(Object.keys(checks), ["web/liveness", "web/readiness"]);
  for (const check of Object.values(checks)) {
    assertEquals([check["start_period"], check["start_interval"]], [
      "1m10s",
      "5s",
    ]);
    assertEquals(check["interval"], "10s");
  }
  const alone = checksOf(
    await importTexts("kubernetes", pod({ startupProbe })),
  );
  assertEquals(alone["web/startup"], {
    type: "tcp",
    host: "127.0.0.1",
    port: 1,
    interval: "5s",
    timeout: "1s",
    retries: 12,
    initial_delay: "10s",
    start_period: "1m10s",
    start_interval: "5s",
    group: "web",
  });
  const differing = await importTexts(
    "kubernetes",
    pod({
      startupProbe: { exec: { command: ["true"] } },
      livenessProbe: other,
    }),
  );
  assertStringIncludes(
    differing.warnings[0]!,
    "its own request is not imported",
  );
});

Deno.test("import kubernetes leaves out headers that a check cannot have", async () => {
  const pod = liveness({
    httpGet: {
      port: 1,
      httpHeaders: [
        { name: "Content-Length", value: "0" },
        { name: "X", value: "1" },
        { name: "transfer-encoding", value: "chunked" },
      ],
    },
  });
  // `livenessOf()` parses the config, too.
  assertEquals((await livenessOf(pod)).headers, { X: "1" });
  const { warnings } = await importTexts("kubernetes", pod);
  assertEquals(
    warnings.map((warning) => warning.replace(/^.*: a check/, "a check")),
    [
      "a check cannot have the header Content-Length",
      "a check cannot have the header transfer-encoding",
    ],
  );
});

Deno.test("import kubernetes reads every kind that has pods", async () => {
  const exec = { livenessProbe: { exec: { command: ["true"] } } };
  const kinds = {
    Deployment: "deploy/web",
    StatefulSet: "statefulset/web",
    DaemonSet: "daemonset/web",
    ReplicaSet: "replicaset/web",
    ReplicationController: "rc/web",
    Job: "job/web",
  };
  for (const [kind, name] of Object.entries(kinds)) {
    const imported = await importTexts(
      "kubernetes",
      pod(exec, { kind, metadata: { name: "web", namespace: "prod" } }),
    );
    const { command, group } = checksOf(imported)["web/liveness"]!;
    assertEquals((command as string[]).slice(0, 5), [
      "kubectl",
      "exec",
      "-n",
      "prod",
      name,
    ]);
    assertEquals(group, "prod/web");
  }
});

Deno.test("import kubernetes gives each check an id of its own", async () => {
  const text = pod({ livenessProbe: { tcpSocket: { port: 1 } } });
  const spaced = pod({ livenessProbe: { tcpSocket: { port: 1 } } }, {
    metadata: { name: "web", namespace: "b" },
  });
  const imported = await importTexts("kubernetes", [
    `${text}\n---\n${spaced}`,
    text,
    text,
    text,
  ]);
  assertEquals(Object.keys(checksOf(imported)), [
    "web/liveness",
    "b/web/liveness",
    "default/web/liveness",
    "default/Pod/web/liveness",
    "default/Pod/web/liveness/2",
  ]);
});

/** What is wrong, and what is said of it. */
const WRONG: readonly (readonly [string, readonly string[]])[] = [
  ["a", ['expected a Kubernetes object, got "a"']],
  ["[1, {}]", ["expected a Kubernetes object, got a list"]],
  ["services: {}", ["kind: expected the kind of an object, got nothing"]],
  ["kind: [Pod]", ["kind: expected the kind of an object, got a list"]],
  ["{ apiVersion: apps/v1, kind: deployment }", [
    'kind: unknown kind "deployment"; did you mean "Deployment"?',
  ]],
  ["{ apiVersion: v1, kind: Whatever }", ['kind: unknown kind "Whatever"']],
  ["{ apiVersion: v1, kind: Pod, metadata: { name: a } }", [
    "spec: expected the spec of a pod, got nothing",
  ]],
  ["{ apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { a: 1 } }", [
    "spec.containers: expected a list of containers, got nothing",
  ]],
  [
    pod({ livenessProbe: { tcpSocket: { port: 1 } } }, { metadata: {} }),
    ["metadata.name: expected a name, got nothing"],
  ],
  [
    pod({ livenessProbe: { tcpSocket: { port: 1 } } }, {
      container: { name: null },
    }),
    ["spec.containers[0].name: expected a name, got null"],
  ],
  [liveness({}), [
    "expected one of exec, grpc, httpGet, tcpSocket, got none",
  ]],
  [liveness({ exec: { command: ["a"] }, tcpSocket: { port: 1 } }), [
    "expected one of exec, grpc, httpGet, tcpSocket, got 2",
  ]],
  [liveness({ httpGet: {} }), [
    "livenessProbe.httpGet.port: expected a port between 1 and 65535, or the name of one, got nothing",
  ]],
  [liveness({ httpGet: { port: "web" } }), [
    'livenessProbe.httpGet.port: the container has no port named "web"',
  ]],
  [liveness({ tcpSocket: { port: 70000 } }), ["got 70000"]],
  [liveness({ grpc: {} }), [
    "livenessProbe.grpc.port: expected a port between 1 and 65535, not the name of one, got nothing",
  ]],
  [liveness({ grpc: { port: "web", host: "db" } }), [
    "livenessProbe.grpc.host: unknown key",
    'livenessProbe.grpc.port: expected a port between 1 and 65535, not the name of one, got "web"',
  ]],
  [
    liveness({
      httpget: { port: 1 },
      tcpSocket: { port: 1, hots: "x" },
    }, { periodSeconds: -1, timeoutSeconds: 1.5 }),
    [
      'livenessProbe.httpget: unknown key; did you mean "httpGet"?',
      'livenessProbe.tcpSocket.hots: unknown key; did you mean "host"?',
      "livenessProbe.periodSeconds: expected a whole number of 0 or more, got -1",
      "livenessProbe.timeoutSeconds: expected a whole number of 0 or more, got 1.5",
    ],
  ],
  [liveness({ httpGet: { port: 1, scheme: "gopher" } }), [
    'httpGet.scheme: expected "HTTP" or "HTTPS", got "gopher"',
  ]],
  [liveness({ exec: { command: "ls" } }), [
    "exec.command: expected a list of a program and its arguments",
  ]],
  [liveness({ exec: {} }), [
    "exec.command: expected a command, got an empty one",
  ]],
  [liveness({ httpGet: { port: 1, httpHeaders: [{ value: "x" }] } }), [
    "httpHeaders[0].name: expected a name, got nothing",
  ]],
  ["a: 1\n---\n{ apiVersion: v1, kind: Pod, metadata: { name: a } }", [
    "[0].kind: expected the kind of an object, got nothing",
    "[1].spec: expected the spec of a pod, got nothing",
  ]],
];

for (const [text, issues] of WRONG) {
  Deno.test(`import kubernetes says what is wrong with ${text}`, async () => {
    const found = await issuesOf(importTexts("kubernetes", text));
    assertEquals(found.length, issues.length, found.join("\n"));
    issues.forEach((issue, i) => assertStringIncludes(found[i]!, issue));
  });
}

/** What has nothing to import, and what is said of it. */
const WARNED: readonly (readonly [string, readonly string[]])[] = [
  ["", ["a.yaml: has no Kubernetes objects"]],
  ["{ apiVersion: v1, kind: Service }", []],
  ["{ apiVersion: networking.k8s.io/v1, kind: Ingress }", []],
  ["{ apiVersion: v1, kind: List, items: [] }", []],
  ["{ apiVersion: cert-manager.io/v1, kind: Certificate }", [
    '"Certificate" of cert-manager.io/v1 is an unknown kind: not imported',
  ]],
  [
    pod({ livenessProbe: { exec: { command: ["a"] } } }, {
      metadata: { generateName: "web-" },
    }),
    ["kubectl cannot find the pods of a Pod by its name"],
  ],
  [
    JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web" },
      spec: {
        containers: [],
        initContainers: [{ name: "a", livenessProbe: { grpc: {} } }],
      },
    }),
    ["its container ends before the pod starts"],
  ],
];

for (const [text, expected] of WARNED) {
  Deno.test(`import kubernetes has nothing to import of ${text}`, async () => {
    const { text: output, warnings } = await importTexts("kubernetes", text);
    assertEquals(output, undefined);
    assertEquals(warnings.length, expected.length);
    expected.forEach((text, i) => assertStringIncludes(warnings[i]!, text));
  });
}

Deno.test("import kubernetes says that a Helm chart has to be rendered first", async () => {
  const template = "{{- if .Values.a }}\napiVersion: v1";
  const [, hint] = await issuesOf(importTexts("kubernetes", template));
  assertStringIncludes(hint!, "helm template");
});

Deno.test("import kubernetes accepts any certificate, as the kubelet does", async () => {
  await using server = httpServer(() => new Response("ok"), { tls: true });
  const { text, warnings } = await importTexts(
    "kubernetes",
    liveness({ httpGet: { port: server.port, scheme: "HTTPS" } }),
  );
  assertEquals(warnings, []);
  const { probe } = parseConfig(text!).checks[0]!;
  assertEquals((await probe(patient())).verdict, "pass");
});
