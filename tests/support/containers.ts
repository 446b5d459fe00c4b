import { has } from "./needs.ts";

/** A container that sleeps until the end of the block. */
export interface Container extends AsyncDisposable {
  readonly name: string;
}

interface Ended {
  readonly success: boolean;
  readonly stderr: string;
}

/** Runs podman to its end. */
export async function podman(...args: string[]): Promise<Ended> {
  const { success, stderr } = await new Deno.Command("podman", {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return { success, stderr: new TextDecoder().decode(stderr).trim() };
}

/** Limits that are below anybody's own, which may not be raised everywhere. */
const LIMITS = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1000:1000"];

/**
 * Starts a container by podman that has nothing but a static busybox, so that
 * no image is fetched.
 */
export async function startContainer(): Promise<Container> {
  const root = await Deno.makeTempDir({ dir: "/tmp" });
  await new Deno.Command("sh", {
    args: [
      "-c",
      `mkdir bin etc proc sys dev tmp run && cp "$(command -v busybox)" bin &&
        for name in sh sleep cat pwd id env true; do ln -s busybox bin/$name; done`,
    ],
    cwd: root,
  }).output();
  const name = `lifesign-${crypto.randomUUID()}`;
  const run = ["run", "-d", "--name", name, "--network=none", ...LIMITS];
  let complaint = "";
  // Not every runtime copes with every version of control groups.
  for (const runtime of [[], ["--runtime=runc"]]) {
    const { success, stderr } = await podman(
      ...[...runtime, ...run, "--rootfs", root, "sleep", "300"],
    );
    const dispose = async (): Promise<void> => {
      await podman("rm", "-f", "-t", "0", name);
      await Deno.remove(root, { recursive: true });
    };
    if (success) return { name, [Symbol.asyncDispose]: dispose };
    complaint ||= stderr;
    await podman("rm", "-f", name);
  }
  await Deno.remove(root, { recursive: true });
  throw new Error(complaint);
}

/** Why there can be no container here, if there can be none. */
export async function whyNoContainer(): Promise<string | undefined> {
  for (const program of ["podman", "busybox"]) {
    if (!has(program)) return `${program} is not on the PATH`;
  }
  try {
    await using _ = await startContainer();
    return undefined;
  } catch (error) {
    return (error as Error).message.split("\n").at(-1)!;
  }
}
