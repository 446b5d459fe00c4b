/** The YAML files in a folder and those below it, in order; or the file itself. */
export async function yamlFilesOf(path: string): Promise<string[]> {
  const files = await filesIn(path);
  return files?.sort() ?? [path];
}

/** Returns nothing if it is no folder, or cannot be read as one. */
async function filesIn(folder: string): Promise<string[] | undefined> {
  const files: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder.replace(/\/$/, "")}/${name}`;
      if (isDirectory) files.push(...await filesIn(path) ?? []);
      else if (/\.ya?ml$/.test(name)) files.push(path);
    }
  } catch {
    // Reading it as a file says what is wrong with it.
    return undefined;
  }
  return files;
}
