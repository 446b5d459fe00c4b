import { historyFiles } from "../files.ts";
import { Database } from "./database.ts";
import { APPLICATION_ID, type Migration } from "./schema.ts";

/** Why a file cannot be used as a history. */
export class StoreError extends Error {
  /** The class's name. */
  override readonly name: string = "StoreError";
  /**
   * - `foreign`: it is something else, or damaged.
   * - `newer`: a later version of lifesign wrote it.
   */
  readonly kind: "foreign" | "newer";

  constructor(kind: "foreign" | "newer", message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The header of a SQLite file: https://sqlite.org/fileformat.html#the_database_header */
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";

const OTHER = "a SQLite database, but not of lifesign";

/**
 * Opens a history to write to it. Makes it if there is no such file or an empty
 * one, and brings it to the newest version.
 *
 * @throws {StoreError} If it is something else, damaged, or of a newer version.
 * @throws {Error} If it cannot be opened now.
 */
export function openToWrite(
  path: string,
  migrations: readonly Migration[],
): Database {
  const looks = look(path);
  const newest = migrations.at(-1)!.version;
  if (!isUnmade(looks)) mustBeOurs(looks, newest);
  const database = new Database(path);
  try {
    if (isUnmade(looks)) {
      mustBeEmpty(database);
      // Before the first table; afterwards it takes a VACUUM.
      database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    }
    migrate(database, migrations);
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = 8388608;
      PRAGMA cache_size = -4096;
    `);
    if (looks !== "empty" && looks.isShort) mustBeSound(database);
    return database;
  } catch (error) {
    database[Symbol.dispose]();
    throw isDamage(error) ? damaged(error) : error;
  }
}

/**
 * Opens a history to read it, while an agent may write to it.
 *
 * @throws {StoreError} If it is something else, damaged, or of another version.
 * @throws {Error} If it cannot be opened.
 */
export function openToRead(path: string, version: number): Database {
  if (isAlone(path)) {
    const looks = look(path);
    if (looks === "empty") {
      throw new StoreError("foreign", "expected a history, got an empty file");
    }
    mustBeOurs(looks, version);
    // SQLite would write a log beside it, which needs the permission to do that.
    return Database.inMemory(Deno.readFileSync(path));
  }
  const database = new Database(path, true);
  try {
    // Not by the header: to close the file again would end the locks that this
    // process has on it, if it writes to it, too.
    mustBeOurs({
      isDatabase: true,
      applicationId: Number(database.value("PRAGMA application_id")),
      version: Number(database.value("PRAGMA user_version")),
    }, version);
    return database;
  } catch (error) {
    database[Symbol.dispose]();
    throw isDamage(error) ? damaged(error) : error;
  }
}

/** The largest file that is read into memory: 256 MiB. */
const MAX_BYTES = 2 ** 28;

/** Whether a file has no write-ahead log, as no agent writes to it. */
function isAlone(path: string): boolean {
  if (Deno.statSync(path).size > MAX_BYTES) return false;
  try {
    Deno.statSync(historyFiles(path).wal);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

/** Whether an error of SQLite says that the file is not what it should be. */
export function isDamage(error: unknown): boolean {
  return error instanceof Error &&
    /file is not a database|malformed|database corruption/.test(error.message);
}

/** The fault of a damaged file. */
export function damaged(error: unknown): StoreError {
  return new StoreError("foreign", `damaged: ${(error as Error).message}`);
}

/** What the first bytes of a file say. */
interface Header {
  readonly isDatabase: boolean;
  readonly applicationId: number;
  readonly version: number;
  /** Whether pages are missing, unless they are in the write-ahead log. */
  readonly isShort: boolean;
}

function look(path: string): Header | "empty" {
  let file;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "empty";
    throw error;
  }
  using _file = file;
  const bytes = new Uint8Array(HEADER_BYTES);
  const length = file.readSync(bytes) ?? 0;
  if (length === 0) return "empty";
  const view = new DataView(bytes.buffer);
  const pageBytes = view.getUint16(16);
  const pages = view.getUint32(28);
  return {
    isDatabase: length === HEADER_BYTES &&
      new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) === MAGIC,
    applicationId: view.getUint32(68),
    version: view.getUint32(60),
    isShort:
      file.statSync().size < pages * (pageBytes === 1 ? 65536 : pageBytes),
  };
}

/** Whether it has no version yet, as where its making was interrupted. */
function isUnmade(looks: Header | "empty"): boolean {
  return looks === "empty" ||
    looks.isDatabase && looks.applicationId === 0 && looks.version === 0;
}

function mustBeEmpty(database: Database): void {
  if (database.value("SELECT count(*) FROM sqlite_master") === 0) return;
  throw new StoreError("foreign", OTHER);
}

function mustBeOurs(
  looks: Omit<Header, "isShort"> | "empty",
  newest: number,
): void {
  if (looks === "empty") return;
  const { isDatabase, applicationId, version } = looks;
  if (!isDatabase) {
    throw new StoreError("foreign", "not a SQLite database");
  }
  if (applicationId !== APPLICATION_ID) {
    throw new StoreError("foreign", OTHER);
  }
  if (version > newest) {
    throw new StoreError(
      "newer",
      `written by a newer lifesign: expected version ${newest} or older, got ${version}`,
    );
  }
}

function mustBeSound(database: Database): void {
  const found = database.value("PRAGMA quick_check(1)");
  if (found === "ok") return;
  throw new StoreError("foreign", `damaged: ${String(found).split("\n")[0]}`);
}

/** Makes the changes that a file lacks; those that were begun go on. */
function migrate(database: Database, migrations: readonly Migration[]): void {
  for (const { version, run } of migrations) {
    while (Number(database.value("PRAGMA user_version")) < version) {
      database.transaction(() => {
        if (!run(database)) return;
        database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
        database.exec(`PRAGMA user_version = ${version}`);
      });
    }
  }
}
