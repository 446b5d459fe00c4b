import { assert, assertEquals } from "@std/assert";
import { builtInKinds } from "../../src/probes/built_in.ts";
import { parseConfig } from "../../src/agent/config.ts";
import type { Format } from "../../src/import/recognise.ts";
import { importSources, type ImportTextsOptions } from "../support/imports.ts";

const FOLDER = new URL("./fixtures/", import.meta.url);

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, FOLDER));
}

/** Files, how they are imported, and what comes of them. */
const FIXTURES: readonly {
  readonly format: Format;
  readonly files: readonly string[];
  readonly options?: ImportTextsOptions;
  readonly expected: string;
}[] = [
  {
    format: "blackbox",
    files: ["blackbox.yml", "prometheus.yml"],
    expected: "blackbox",
  },
  { format: "compose", files: ["wordpress.yaml"], expected: "wordpress" },
  {
    format: "compose",
    files: ["wordpress.yaml"],
    options: { native: true, variables: { WEB_PORT: "8123" } },
    expected: "wordpress.native",
  },
  {
    format: "compose",
    files: ["compose.yaml", "compose.override.yaml"],
    options: { exec: "podman" },
    expected: "compose",
  },
  {
    format: "kubernetes",
    files: ["shop.yaml", "list.json"],
    expected: "shop",
  },
  {
    format: "kubernetes",
    files: ["shop.yaml"],
    options: { address: "fd00::1" },
    expected: "shop.address",
  },
  {
    format: "gatus",
    files: ["core.yaml", "alerting.yaml"],
    options: { variables: { SHOP_HOST: "shop.example", SHOP_TOKEN: "hush" } },
    expected: "gatus",
  },
  { format: "kuma", files: ["backup.json"], expected: "kuma" },
  { format: "zlayer", files: ["stack.yaml"], expected: "stack" },
];

for (const { format, files, options, expected } of FIXTURES) {
  const how = options === undefined ? "" : ` with ${JSON.stringify(options)}`;
  Deno.test(`import ${format} ${files.join(" ")}${how} says what is expected, and it is valid`, async () => {
    const sources = files.map((name) => ({
      name,
      path: name,
      text: read(`${format}/${name}`),
    }));
    const { text, warnings } = await importSources(format, sources, {
      files: format === "compose"
        ? { "base.yaml": read("compose/base.yaml") }
        : {},
      ...options,
    });
    const all = `${text}${
      warnings.map((warning) => `# stderr: ${warning}\n`).join("")
    }`;
    assertEquals(all, read(`expected/${expected}.txt`));
    const env = (name: string) => options?.variables?.[name];
    const kinds = await builtInKinds();
    assert(parseConfig(text!, { env, kinds }).checks.length > 0);
  });
}
