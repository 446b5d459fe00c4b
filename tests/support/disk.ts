/** Small disks that tests mount, where they may. */

/** Runs a program, and returns whether it succeeds. */
export async function run(
  command: string,
  ...args: string[]
): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args,
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** A small disk of its own, which is gone at the end of the block. */
export async function disk(): Promise<
  ({ readonly path: string } & AsyncDisposable)
> {
  const path = await Deno.makeTempDir({ dir: "/tmp" });
  if (!await run("mount", "-t", "tmpfs", "-o", "size=1m", "none", path)) {
    await Deno.remove(path);
    throw new Error("cannot mount");
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run("umount", path);
      await Deno.remove(path);
    },
  };
}

/** Whether this machine lets us mount a disk. */
export const canMount: boolean = await (async () => {
  try {
    await using _disk = await disk();
    return true;
  } catch {
    return false;
  }
})();

/** Fills a disk with a file, whose path it returns. */
export async function fill(folder: string): Promise<string> {
  const filler = `${folder}/filler`;
  using file = await Deno.open(filler, { write: true, create: true });
  const bytes = new Uint8Array(1024);
  try {
    while (true) await file.write(bytes);
  } catch {
    // There is no more room.
  }
  return filler;
}
