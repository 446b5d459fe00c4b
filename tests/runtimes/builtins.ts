/**
 * What the library and the app use of the language, which is no more than the
 * oldest runtime has. Code that the suite does not run is looked at, too.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { startProgram } from "../support/program.ts";

/** What other runtimes import. */
const ENTRIES = ["mod.ts", "src/server/mod.ts", "src/sinks/notify/mod.ts"];

/** What only Deno runs. */
const ONLY_DENO =
  /\/src\/(?:probes\/(?:command|connection|http\/wire)|io\/(?:process|permission_flags))\b/;

/** What Node 20 has of the standards since ES2023. */
const IN_NODE_20 = ["toWellFormed"];

Deno.test("the library and the app use nothing that Node 20 does not have", async () => {
  const config = await Deno.makeTempFile({ dir: "/tmp", suffix: ".json" });
  try {
    const { imports } = JSON.parse(await Deno.readTextFile("deno.json"));
    const lib = ["es2023", "dom", "dom.iterable", "dom.asynciterable"];
    await Deno.writeTextFile(
      config,
      JSON.stringify({
        imports,
        compilerOptions: { lib: [...lib, "esnext.disposable"] },
      }),
    );
    await using check = startProgram([
      Deno.execPath(),
      "check",
      "--no-lock",
      `--config=${config}`,
      ...ENTRIES,
    ]);
    const { stderr } = await check.ended;
    // There is no `Deno` in these libraries, either: so we see that it worked.
    assertStringIncludes(stderr, "Cannot find name 'Deno'");
    const faults = Array.from(
      stderr.matchAll(
        /(?:Property|Cannot find name) '(\w+)'[^]*?at (file:\S+)/g,
      ),
      ([, name, place]) => [name!, place!] as const,
    ).filter(([name, place]) =>
      ![...IN_NODE_20, "Deno"].includes(name) && !ONLY_DENO.test(place)
    );
    assertEquals(faults, []);
  } finally {
    await Deno.remove(config);
  }
});

Deno.test("the library and the app do not use URL.parse(), which is in those types", async () => {
  const faults: string[] = [];
  for (const entry of ENTRIES) {
    await using info = startProgram([
      Deno.execPath(),
      "info",
      "--json",
      "--no-lock",
      entry,
    ]);
    const { stdout } = await info.ended;
    const { modules } = JSON.parse(stdout) as {
      modules: { local?: string }[];
    };
    for (const { local = "" } of modules) {
      if (!local.includes("/src/") || ONLY_DENO.test(local)) continue;
      const text = await Deno.readTextFile(local);
      if (text.includes(" URL.parse(")) faults.push(local);
    }
  }
  assertEquals(faults, []);
});
