import { assert, assertEquals } from "@std/assert";
import { KINDS } from "../src/probes/built_in.ts";
import { LAZY_KINDS } from "../src/probes/table.ts";
import { ROOT } from "./support/program.ts";

interface Graph {
  readonly modules: readonly { readonly specifier: string }[];
}

async function graphOf(path: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-config", "--no-lock", path],
    cwd: ROOT,
  }).output();
  const { modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  return modules.map(({ specifier }) => specifier);
}

Deno.test("mod.ts loads neither Hono nor YAML nor schemas, nor anything else but its own files", async () => {
  const modules = await graphOf("mod.ts");
  assert(modules.length > 10);
  const foreign = modules.filter((specifier) =>
    !specifier.startsWith(ROOT.href) && !specifier.startsWith("node:")
  );
  assertEquals(foreign, []);
  const layers = new Set(
    modules.map((specifier) =>
      /src\/(\w+)/.exec(specifier.slice(ROOT.href.length))?.[1]
    ),
  );
  for (const name of Object.keys(LAZY_KINDS)) {
    if (Object.hasOwn(KINDS, name)) continue;
    assertEquals(
      modules.filter((it) => it.includes(`src/probes/${name}/`)),
      [],
    );
  }
  for (const layer of ["schema", "server", "config", "cli", "sinks"]) {
    assertEquals(layers.has(layer), false, layer);
  }
});
