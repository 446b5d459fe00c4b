import { historyFiles } from "../files.ts";

/** Another agent keeps its history there. */
export class InUseError extends Error {
  /** The class's name. */
  override readonly name: string = "InUseError";
}

/**
 * Keeps other agents from a history until it is disposed of. A crash ends that,
 * too, as the system then closes the file.
 *
 * @throws {InUseError} If another agent does.
 * @throws {Error} If the file cannot be opened.
 */
export function lock(path: string): Disposable {
  const file = Deno.openSync(historyFiles(path).lock, {
    create: true,
    write: true,
    mode: 0o600,
  });
  if (file.tryLockSync(true)) {
    return {
      [Symbol.dispose]() {
        // A process that is being started has a copy of the file for a moment, with
        // which the lock would outlive the file.
        file.unlockSync();
        file.close();
      },
    };
  }
  file.close();
  throw new InUseError("another agent keeps its history there");
}

/** Makes an empty file that only the owner may read, unless there is one. */
export function touch(path: string): void {
  Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
}

/** Which file is at a path now; `null` if there is none. */
export function fileAt(path: string): string | null {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev} ${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * Removes the write-ahead log of a file that is gone, if it is still there: it
 * would be taken for one of the file that is there now.
 */
export function removeLog(path: string, log: string | null): void {
  const { wal, shm } = historyFiles(path);
  if (log === null || fileAt(wal) !== log) return;
  Deno.removeSync(wal);
  if (fileAt(shm) !== null) Deno.removeSync(shm);
}

/**
 * Renames what is no history, with its write-ahead log, for whoever misses it.
 * Returns the new name.
 *
 * @throws {Error} If something has that name, or it cannot be renamed.
 */
export function setAside(path: string): string {
  const { bad, badWal, wal, shm } = historyFiles(path);
  for (const file of [bad, badWal]) {
    if (fileAt(file) !== null) throw new Error(`${file} exists: move it away`);
  }
  // A log that stayed would be taken for one of the next file.
  if (fileAt(wal) !== null) Deno.renameSync(wal, badWal);
  if (fileAt(shm) !== null) Deno.removeSync(shm);
  Deno.renameSync(path, bad);
  return bad;
}
