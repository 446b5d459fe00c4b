import { basename, dirname, join } from "node:path";
import { monotonicTime } from "./clock.ts";
import { sleep } from "./sleep.ts";

/** An editor may write in several steps: nothing must happen for this long. */
const QUIET_MS = 100;

/** A file that keeps changing is read after this time. */
const RESTLESS_MS = 1000;

/**
 * How often the file is also polled. The system does not report every change:
 * not those over a network, nor those of a link's target.
 */
const LOOK_MS = 2000;

/** Options for {@linkcode watchFile}. */
export interface WatchFileOptions {
  /** Called when the file may have changed. */
  readonly onChange: () => void;
  /** Called if the system cannot report changes: only polling sees them then. */
  readonly onTrouble: (error: Error) => void;
  /** Stops watching when it aborts. */
  readonly signal: AbortSignal;
  /**
   * Whether it is only polled, and the system is not asked to report changes. Deno
   * opens and closes whatever changes in a watched folder, and so ends the locks
   * that this process has there (fcntl(2)): SQLite's are gone, and another process
   * that reads the database damages it, or ends this one.
   *
   * @default {false}
   */
  readonly isPolled?: boolean;
  /**
   * The {@linkcode traceOf} of the file from before it was read. Without it, the
   * file may have changed since, and `onChange` is called once at the start.
   */
  readonly since?: string | undefined;
}

/** The folder of a file. The folder is watched, since files are replaced. */
export function folderOf(path: string): string {
  return dirname(path);
}

/**
 * Watches a file. It notices when the file is written to, replaced, or deleted
 * and created again, and when a symbolic link on its path changes, as in a
 * ConfigMap of Kubernetes. It needs permission to read the folder, unless it is
 * only polled. A named pipe
 * is not watched, since it can be read only once.
 */
export async function watchFile(
  path: string,
  options: WatchFileOptions,
): Promise<void> {
  if (await isPipe(path)) return;
  const name = basename(path);
  await watchFolder({
    folder: folderOf(path),
    isWatched: (other) => other === name,
    traceOf: () => traceOf(path),
  }, options);
}

/**
 * Watches the files of a folder whose names pass a test, in the same way. It
 * notices files that come and go, too.
 */
export async function watchFiles(
  folder: string,
  isWatched: (name: string) => boolean,
  options: WatchFileOptions,
): Promise<void> {
  await watchFolder({
    folder,
    isWatched,
    async traceOf() {
      try {
        const names = (await Array.fromAsync(Deno.readDir(folder)))
          .map(({ name }) => name).filter(isWatched).sort();
        const traces = await Promise.all(
          names.map((name) => traceOf(join(folder, name))),
        );
        return JSON.stringify([names, traces]);
      } catch {
        return "none";
      }
    },
  }, options);
}

/** What is watched of a folder. */
interface Watched {
  readonly folder: string;
  /** Whether a file of the folder is watched, by its name. */
  isWatched(name: string): boolean;
  /** A string that differs once something of it has changed. */
  traceOf(): Promise<string>;
}

async function watchFolder(
  { folder, isWatched, traceOf }: Watched,
  { onChange, onTrouble, signal, isPolled = false, since }: WatchFileOptions,
): Promise<void> {
  let seen = since ?? await traceOf();
  let touchedAt: number | null = null;
  /** Whether an event was about the file itself and not about its neighbours. */
  let isCertain = false;

  function touch(): void {
    const isFirst = touchedAt === null;
    touchedAt = monotonicTime();
    if (isFirst) void settle(touchedAt);
  }

  async function settle(since: number): Promise<void> {
    while (true) {
      const now = monotonicTime();
      const dueAt = Math.min(touchedAt! + QUIET_MS, since + RESTLESS_MS);
      if (signal.aborted) return;
      if (dueAt <= now) break;
      await sleep(dueAt - now, signal);
    }
    // What happens from here on counts for the next time.
    touchedAt = null;
    const wasCertain = isCertain;
    isCertain = false;
    const before = seen;
    seen = await traceOf();
    if ((wasCertain || seen !== before) && !signal.aborted) onChange();
  }

  async function look(): Promise<void> {
    while (!signal.aborted) {
      await sleep(LOOK_MS, signal);
      if (await traceOf() !== seen) touch();
    }
  }

  /** Changes before this point were not noticed. */
  function touchUnseen(): void {
    isCertain ||= since === undefined;
    touch();
  }

  async function listen(): Promise<void> {
    if (isPolled) return touchUnseen();
    try {
      using watcher = Deno.watchFs(folder, { recursive: false });
      const end = (): void => watcher.close();
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) return;
      touchUnseen();
      for await (const { kind, paths } of watcher) {
        // Reading is not a change: this process itself reads the file.
        if (kind === "access") continue;
        const isOwn = paths.some((path) => isWatched(basename(path)));
        isCertain ||= isOwn;
        // Neighbours that keep changing do not delay it.
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
    // The file does not exist at the moment.
    return false;
  }
}

/** A string that differs once the file is written to or replaced. */
export async function traceOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtime, ctime } = await Deno.stat(path);
    return [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch {
    return "none";
  }
}
