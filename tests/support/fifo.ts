/** A named pipe in a folder of its own, to know what processes are there. */
export interface Fifo extends AsyncDisposable {
  readonly path: string;
  /**
   * Calls `ready` once so many lines were written to it, and then waits until
   * the last process that holds it open for writing is gone.
   *
   * @throws {Error} If one is still there seconds later.
   */
  outlive(lines: number, ready: () => unknown): Promise<void>;
  /** Lets go of who waits to read from it. */
  release(): Promise<void>;
}

/** Far more than any process needs to end. */
const PATIENCE_MS = 10_000;

/** Makes a named pipe. */
export async function makeFifo(): Promise<Fifo> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const path = `${folder}/fifo`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  return {
    path,
    async outlive(lines, ready) {
      using file = await Deno.open(path);
      const buffer = new Uint8Array(1024);
      let text = "";
      while (text.split("\n").length <= lines) {
        const count = await file.read(buffer);
        if (count === null) throw new Error(`All are gone after "${text}"`);
        text += new TextDecoder().decode(buffer.subarray(0, count));
      }
      await ready();
      const { promise: late, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => reject(new Error("A process is left behind")),
        PATIENCE_MS,
      );
      try {
        while (await Promise.race([file.read(buffer), late]) !== null);
      } finally {
        clearTimeout(timer);
      }
    },
    async release() {
      using _file = await Deno.open(path, { write: true });
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
