import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FORMATS } from "../../src/import/formats.ts";
import type { Format } from "../../src/import/recognise.ts";
import { expand, Expanded } from "../../src/schema/variables.ts";
import { checksOf, importTexts } from "../support/imports.ts";

/** A file of each format that runs a command with one argument, or sends it. */
const FILES: Readonly<Record<Format, (argument: string) => unknown>> = {
  blackbox: (argument) => ({
    modules: { m: { prober: "http", http: { body: argument } } },
    scrape_configs: [{
      metrics_path: "/probe",
      params: { module: ["m"], target: ["http://a/"] },
      static_configs: [{ targets: ["b"] }],
    }],
  }),
  compose: (argument) => ({
    services: {
      it: {
        container_name: "it",
        // To Compose, two dollars are one.
        healthcheck: { test: ["CMD", "x", argument.replaceAll("$", "$$$$")] },
      },
    },
  }),
  gatus: (argument) => ({
    endpoints: [{
      name: "it",
      url: "http://a/",
      // To Gatus, too.
      body: argument.replaceAll("$", "$$$$"),
      conditions: ["[STATUS] == 200"],
    }],
  }),
  kuma: (argument) => ({
    monitorList: [{
      name: "it",
      type: "keyword",
      url: "http://a/",
      keyword: `_${argument}`,
    }],
  }),
  kubernetes: (argument) => ({
    kind: "Pod",
    metadata: { name: "it" },
    spec: {
      containers: [{
        name: "it",
        // To Kubernetes, too.
        livenessProbe: {
          exec: { command: ["x", argument.replaceAll("$", "$$$$")] },
        },
      }],
    },
  }),
  zlayer: (argument) => ({
    services: {
      it: { health: { check: { type: "command", command: ["x", argument] } } },
    },
  }),
};

/** The last argument of the only check, as parseConfig() expands it. */
async function argumentOf(format: Format, file: unknown): Promise<unknown> {
  const imported = await importTexts(format, JSON.stringify(file));
  const [check] = Object.values(checksOf(imported));
  const issues: never[] = [];
  const { command, contains, body = "" } = check as {
    readonly command?: readonly string[];
    readonly contains?: string;
    readonly body?: string;
  };
  const text = command?.at(-1) ?? contains?.slice(1) ?? body;
  const value = expand(text, () => "wrong", issues);
  assertEquals(issues, []);
  return value instanceof Expanded ? value.text : value;
}

const dollars = fc.array(
  fc.constantFrom("$", "$", "{", "}", "A", ":-", " "),
  { maxLength: 12 },
).map((parts) => parts.join(""));

for (const format of FORMATS) {
  Deno.test(`import ${format} writes any string so that it is read as itself`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(dollars, fc.string()), async (argument) => {
        const file = FILES[format](argument);
        assertEquals(await argumentOf(format, file), argument);
      }),
      { numRuns: 500 },
    );
  });
}

Deno.test("import leaves the dollars of a password as they are", async () => {
  for (const format of FORMATS) {
    const text = JSON.stringify(FILES[format]("pa$$word$"));
    const { text: config } = await importTexts(format, text);
    assertEquals(config?.includes('pa$$word$"'), true, config);
  }
});
