import { fileURLToPath } from "node:url";

/** The files of a history. */
export interface HistoryFiles {
  /** The database. */
  readonly path: string;
  /** Its write-ahead log, and the index of that. */
  readonly wal: string;
  readonly shm: string;
  /** What keeps two agents from one history. */
  readonly lock: string;
  /** What was found in its place and is no history, and the log of that. */
  readonly bad: string;
  readonly badWal: string;
}

/** The files that go with a config's `history`. */
export function historyFiles(path: string): HistoryFiles {
  return {
    path,
    wal: `${path}-wal`,
    shm: `${path}-shm`,
    lock: `${path}.lock`,
    bad: `${path}.bad`,
    badWal: `${path}.bad-wal`,
  };
}

/** What it takes to keep a history in a file. */
export function filePermissions(
  path: string,
): (Deno.ReadPermissionDescriptor | Deno.WritePermissionDescriptor)[] {
  const paths = Object.values(historyFiles(path));
  return (["read", "write"] as const).flatMap((name) =>
    paths.map((path) => ({ name, path }))
  );
}

/**
 * What it takes to start the worker, which loads modules: nothing if they come
 * from JSR, unless imports from there are not allowed. Those of a copy on this
 * machine are files.
 */
export function workerPermission(): Deno.PermissionDescriptor | undefined {
  const { protocol, host, port } = new URL(import.meta.url);
  switch (protocol) {
    case "file:":
      return {
        name: "read",
        path: fileURLToPath(new URL("../../", import.meta.url)),
      };
    case "http:":
    case "https:":
      return {
        name: "import",
        host: port === "" ? `${host}:${protocol === "http:" ? 80 : 443}` : host,
      };
    default:
      return undefined;
  }
}
