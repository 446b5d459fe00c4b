import type { Say } from "../core/say.ts";
import { folderOf, watchFile } from "../io/watch_file.ts";
import type { Reloader } from "./reloader.ts";

/** Options for {@linkcode watchConfig}. */
export interface WatchConfigOptions {
  /** Tells the user something, in one line. */
  readonly say: Say;
  /** Ends the watching when it aborts. */
  readonly signal: AbortSignal;
}

/**
 * Reloads a config file whenever it changes. Without permission to read the
 * file's folder it says so and does nothing.
 */
export async function watchConfig(
  file: string,
  reloader: Reloader,
  { say, signal }: WatchConfigOptions,
): Promise<void> {
  const folder = folderOf(file);
  // Deno is not made to ask on a terminal: the agent works without it.
  const { state } = Deno.permissions.querySync({ name: "read", path: folder });
  if (state !== "granted") {
    say(
      `${file} is not watched without --allow-read=${folder}; SIGHUP reloads it`,
    );
    return;
  }
  await watchFile(file, {
    onChange: () => void reloader.reload(),
    onTrouble: ({ message }) =>
      say(`changes of ${file} are noticed late: ${message}`, "warn"),
    signal,
  });
}
