/**
 * Plugins for tests.
 *
 * @module
 */

/** A folder with some files, which is gone at the end of the block. */
export async function folderOf(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ dir: "/tmp" });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** A plugin that imports nothing, with a kind under a name. */
export function pluginOf(name: string, kind = ""): string {
  return `export default { ${name}: {
    schema: {
      properties: { depth: { title: "a depth", type: "integer" } },
      required: ["depth"],
    },
    make: ({ depth }) => Object.assign(
      () => ({ verdict: "pass", detail: { depth } }),
      { type: "${name}", target: "at " + depth, permissions: [] },
    ),
    ${kind}
  } };`;
}
