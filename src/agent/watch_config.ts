import { isPattern, nameTest } from "../config/files/include.ts";
import type { Say } from "../core/say.ts";
import { folderOf, watchFile, watchFiles } from "../io/watch_file.ts";
import type { Reloader } from "./reloader.ts";

/** Options for {@linkcode watchConfig}. */
export interface WatchConfigOptions {
  /** Tells the user something, in one line. */
  readonly say: Say;
  /** Ends the watching when it aborts. */
  readonly signal: AbortSignal;
  /** Whether the agent has a SQLite file, which may be in a watched folder. */
  readonly hasDatabase: boolean;
  /** The trace of the file from before it was read. */
  readonly since: string;
}

/**
 * Reloads a config file whenever it changes. Returns a function to be called with
 * the paths of the files that it includes: those are watched as well, instead of
 * those of the last call. Without permission to read its folder, a file is polled,
 * and a pattern is not watched, which it says.
 */
export function watchConfig(
  file: string,
  reloader: Reloader,
  { say, signal, hasDatabase, since }: WatchConfigOptions,
): (include: readonly string[]) => void {
  /** What ends the watching of the paths that the file includes. */
  const watched = new Map<string, AbortController>();

  function follow(include: readonly string[]): void {
    for (const [path, end] of watched) {
      if (include.includes(path)) continue;
      end.abort();
      watched.delete(path);
    }
    for (const path of include) {
      if (watched.has(path)) continue;
      const end = new AbortController();
      watched.set(path, end);
      watch(path, AbortSignal.any([signal, end.signal]));
    }
  }

  function watch(path: string, signal: AbortSignal, since?: string): void {
    const folder = folderOf(path);
    // Deno is not made to ask on a terminal: the agent works without it.
    const { state } = Deno.permissions.querySync({
      name: "read",
      path: folder,
    });
    const mayRead = state === "granted";
    if (isPattern(path) && !mayRead) {
      return say(
        `${path} is not watched without --allow-read=${folder}; SIGHUP reloads it`,
      );
    }
    const options = {
      onChange: () => void reloader.reload(),
      onTrouble: ({ message }: Error) =>
        say(`changes of ${path} are noticed late: ${message}`, "warn"),
      signal,
      isPolled: hasDatabase || !mayRead,
      since,
    };
    void (isPattern(path)
      ? watchFiles(folder, nameTest(path), options)
      : watchFile(path, options));
  }

  watch(file, signal, since);
  return follow;
}
