/**
 * Watches the file of its argument and prints how many folders the system
 * watches for it.
 */

import { watchFile } from "../../src/io/watch_file.ts";

const end = new AbortController();
const watched = watchFile(Deno.args[0]!, {
  onChange() {
    const infos = [...Deno.readDirSync("/proc/self/fdinfo")].map(({ name }) => {
      try {
        return Deno.readTextFileSync(`/proc/self/fdinfo/${name}`);
      } catch {
        // It was the one that read the folder.
        return "";
      }
    });
    console.log(infos.join("").match(/^inotify wd:/gm)?.length ?? 0);
    end.abort();
  },
  onTrouble: (error) => console.error(error),
  signal: end.signal,
});
await watched;
