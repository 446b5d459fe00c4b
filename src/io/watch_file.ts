import { basename, dirname } from "node:path";
import { steadyTime } from "./clock.ts";
import { sleep } from "./sleep.ts";

/** An editor may need several steps: this long nothing more should happen. */
const QUIET_MS = 100;

/** What never comes to rest is looked at all the same. */
const RESTLESS_MS = 1000;

/**
 * How often a file is looked at beside. Of some nothing is told: those that
 * others write over a network, or that a link leads to.
 */
const LOOK_MS = 2000;

/** Options for {@linkcode watchFile}. */
export interface WatchFileOptions {
  /** Called when the file may have changed. */
  readonly onChange: () => void;
  /** Called if the system cannot tell of changes: they are seen later then. */
  readonly onTrouble: (error: Error) => void;
  /** Ends the watching. */
  readonly signal: AbortSignal;
}

/** The folder that has to be watched for a file, as files are replaced. */
export function folderOf(path: string): string {
  return dirname(path);
}

/**
 * Watches a file, whether it is written to or replaced, deleted and made
 * anew, or a link on the way to it leads elsewhere, as Kubernetes does with a
 * ConfigMap. It needs permission to read the folder. Where a pipe is in the
 * place of a file, there is nothing to watch: it can be read only once.
 */
export async function watchFile(
  path: string,
  { onChange, onTrouble, signal }: WatchFileOptions,
): Promise<void> {
  if (await isPipe(path)) return;
  const name = basename(path);
  let seen = await traceOf(path);
  let touchedAt: number | null = null;
  /** Whether it was told of the file itself, and not of its neighbours. */
  let isCertain = false;

  function touch(): void {
    const isFirst = touchedAt === null;
    touchedAt = steadyTime();
    if (isFirst) void settle(touchedAt);
  }

  async function settle(since: number): Promise<void> {
    while (true) {
      const now = steadyTime();
      const dueAt = Math.min(touchedAt! + QUIET_MS, since + RESTLESS_MS);
      if (signal.aborted) return;
      if (dueAt <= now) break;
      await sleep(dueAt - now, signal);
    }
    // Whatever happens from here on is for the next time.
    touchedAt = null;
    const wasCertain = isCertain;
    isCertain = false;
    const before = seen;
    seen = await traceOf(path);
    if ((wasCertain || seen !== before) && !signal.aborted) onChange();
  }

  async function look(): Promise<void> {
    while (!signal.aborted) {
      await sleep(LOOK_MS, signal);
      if (await traceOf(path) !== seen) touch();
    }
  }

  async function listen(): Promise<void> {
    try {
      using watcher = Deno.watchFs(folderOf(path), { recursive: false });
      const end = (): void => watcher.close();
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) return;
      // What happened up to now was not told.
      isCertain = true;
      touch();
      for await (const { kind, paths } of watcher) {
        // Reading is no change: we do so ourselves.
        if (kind === "access") continue;
        const isOwn = paths.some((path) => basename(path) === name);
        isCertain ||= isOwn;
        // Neighbours that never come to rest are not waited for.
        if (isOwn || touchedAt === null) touch();
      }
    } catch (error) {
      if (!signal.aborted) onTrouble(error as Error);
    }
  }

  await Promise.all([look(), listen()]);
}

async function isPipe(path: string): Promise<boolean> {
  try {
    return !(await Deno.stat(path)).isFile;
  } catch {
    // It is gone for the moment.
    return false;
  }
}

/** What is another one once the file is written to or replaced. */
async function traceOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtime, ctime } = await Deno.stat(path);
    return [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch {
    return "none";
  }
}
