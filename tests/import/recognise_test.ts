import { assertEquals } from "@std/assert";
import { type Format, recognise } from "../../src/import/recognise.ts";
import { importSources, importTexts, issuesOf } from "../support/imports.ts";

const TEXTS = {
  blackbox: "modules: { web: { prober: http } }",
  compose: "services: { web: { image: nginx, healthcheck: { test: a } } }",
  gatus: "endpoints: [{ name: a, url: b }]",
  kuma: '{ "version": "1.23.17", "monitorList": [] }',
  kubernetes: "apiVersion: v1\nkind: Service\nmetadata: { name: a }",
  zlayer: "deployment: shop\nservices: { web: { image: { name: nginx } } }",
  lifesign: "checks: { web: { type: tcp, port: 80 } }",
} as const;

const KINDS: readonly (readonly [string, string | undefined])[] = [
  ...Object.entries(TEXTS).map(([name, text]) => [text, name] as const),
  ["services: { web: { ports: !reset [] } }", "compose"],
  ["services: { web: { rtype: job } }", "zlayer"],
  ["services: { web: { endpoints: [{ port: 80 }] } }", "zlayer"],
  ["# none\n---\n---\napiVersion: apps/v1\nkind: Deployment", "kubernetes"],
  ['{ "kind": "List", "apiVersion": "v1", "items": [] }', "kubernetes"],
  ["services: { web: {} }", undefined],
  ["services: [{ name: a, conditions: [] }]", "gatus"],
  ["external-endpoints: [{ name: a }]", "gatus"],
  ["suites: []", "gatus"],
  ["scrape_configs: [{ job_name: a }]", "blackbox"],
  ["apiVersion: monitoring.coreos.com/v1\nkind: Probe", "blackbox"],
  ["apiVersion: other/v1\nkind: Probe", "kubernetes"],
  ["modules: { web: { metrics: [] } }", undefined],
  ["endpoints: { a: b }", undefined],
  ["services: { web: { health: 1, ports: [80] } }", undefined],
  ["services: [web]\nchecks: [web]", undefined],
  ["kind: nothing", undefined],
  ["[1]", undefined],
  ["a: [", undefined],
  ["", undefined],
];

for (const [text, name] of KINDS) {
  Deno.test(`recognise() says that ${JSON.stringify(text)} is ${name ?? "nothing it knows"}`, () => {
    assertEquals(recognise(text), name);
  });
}

const WRONG: readonly (readonly [Format, keyof typeof TEXTS, string])[] = [
  [
    "gatus",
    "kuma",
    "expected a config file of Gatus, got a backup of Uptime Kuma: use lifesign import kuma",
  ],
  [
    "gatus",
    "blackbox",
    "expected a config file of Gatus, got a config file of blackbox_exporter or Prometheus: use lifesign import blackbox",
  ],
  [
    "compose",
    "gatus",
    "expected a Compose file, got a config file of Gatus: use lifesign import gatus",
  ],
  [
    "gatus",
    "kubernetes",
    "expected a config file of Gatus, got a Kubernetes manifest: use lifesign import kubernetes",
  ],
  [
    "compose",
    "kubernetes",
    "expected a Compose file, got a Kubernetes manifest: use lifesign import kubernetes",
  ],
  [
    "compose",
    "zlayer",
    "expected a Compose file, got a ZLayer deployment: use lifesign import zlayer",
  ],
  [
    "kubernetes",
    "compose",
    "expected a Kubernetes manifest, got a Compose file: use lifesign import compose",
  ],
  [
    "zlayer",
    "compose",
    "expected a ZLayer deployment, got a Compose file: use lifesign import compose",
  ],
  [
    "zlayer",
    "lifesign",
    "expected a ZLayer deployment, got a config file of lifesign: use lifesign run",
  ],
];

for (const [format, other, message] of WRONG) {
  Deno.test(`import ${format} says that a file is one of ${other}`, async () => {
    assertEquals(await issuesOf(importTexts(format, TEXTS[other])), [message]);
  });
}

Deno.test("import refuses several files if one of them is of another format", async () => {
  const texts = [TEXTS.compose, TEXTS.kubernetes];
  assertEquals(await issuesOf(importTexts("compose", texts)), [
    "expected a Compose file, got a Kubernetes manifest: use lifesign import kubernetes",
  ]);
});

Deno.test("import writes the command that it was, as a shell takes it", async () => {
  const text = "services: { web: { healthcheck: { test: a } } }";
  const cases: readonly (readonly [string | undefined, string])[] = [
    ["compose.yaml", "compose.yaml"],
    ["my file.yaml", "'my file.yaml'"],
    ["-x.yaml", "-- -x.yaml"],
    [undefined, "-"],
  ];
  for (const [path, words] of cases) {
    const source = path === undefined
      ? { name: "stdin", text }
      : { name: path, path, text };
    const imported = await importSources("compose", [source]);
    assertEquals(
      imported.text?.split("\n")[0],
      `# Made by lifesign import compose ${words}`,
    );
  }
});
