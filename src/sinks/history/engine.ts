import { checksOf, type Entry } from "./batch.ts";
import { historyFiles } from "./files.ts";
import type {
  HistoryOptions,
  OpenReply,
  Reply,
  Request,
  Saying,
  WriteReply,
} from "./protocol.ts";
import { answerQuestion } from "./questions.ts";
import { damaged, isDamage, StoreError } from "./store/open.ts";
import {
  fileAt,
  InUseError,
  lock,
  removeLog,
  setAside,
  touch,
} from "./store/place.ts";
import { Store } from "./store/store.ts";
import { fiveMinutesOf } from "./store/times.ts";
import { keepUp } from "./upkeep.ts";

/** A history that cannot be kept, whatever is tried. */
class RefusedError extends Error {}

/** A store that is open. */
interface Open {
  readonly store: Store;
  readonly lock: Disposable;
  /** Aborts when it is closed. */
  readonly end: AbortController;
  /** Which file it is. */
  readonly file: string | null;
  /** Which one its write-ahead log is, once it has one. */
  wal: string | null;
  readonly numbers: Map<string, number>;
}

/**
 * Does what the agent asks of its history. It runs in a worker, as SQLite blocks
 * the thread that it runs in.
 */
export class Engine {
  #options!: HistoryOptions;
  #open: Open | null = null;
  /** What the user is to be told with the next reply. */
  #said: Saying[] = [];
  /** The last five minutes that were sealed. */
  #sealed = -1;
  /** The end of the store that is being sealed. */
  #sealing: AbortController | null = null;

  /** Answers a request. */
  answer(request: Request): Reply {
    switch (request.type) {
      case "open":
        this.#options = request.options;
        return this.#start();
      case "write":
        return this.#write(request.entry);
      case "close":
        return { type: "closed", isWritten: this.#end(request.entry) };
      default: {
        const { store, numbers } = this.#mustBeOpen();
        return answerQuestion(store, numbers, request);
      }
    }
  }

  #start(): OpenReply {
    const nothing = {
      checks: new Map(),
      records: new Map(),
      incidents: [],
      byHand: [],
      kept: new Map<string, string>(),
    };
    try {
      const known = this.#read();
      const said = this.#takeSaid();
      return { type: "opened", ...known, said, trouble: null };
    } catch (error) {
      if (error instanceof RefusedError) {
        return { type: "refused", said: this.#takeSaid() };
      }
      this.#close();
      const said = this.#takeSaid();
      const trouble = (error as Error).message;
      return { type: "opened", ...nothing, said, trouble };
    }
  }

  /** Opens the store, and reads what it knows. */
  #read(): Pick<
    OpenReply & { readonly type: "opened" },
    "checks" | "records" | "incidents" | "byHand" | "kept"
  > {
    const { store, numbers, kept } = this.#openStore();
    try {
      return {
        checks: numbers,
        records: store.records(),
        incidents: store.lastIncidents(),
        byHand: store.byHand(),
        kept,
      };
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#giveUp(error);
      return this.#read();
    }
  }

  #write(entry: Entry): WriteReply {
    try {
      this.#mustBeThere();
      if (this.#open === null) {
        const { numbers, kept } = this.#openStore();
        const said = this.#takeSaid();
        return { type: "restarted", checks: numbers, kept, said };
      }
      const { store, numbers } = this.#open;
      store.write(entry);
      this.#open.wal ??= fileAt(historyFiles(this.#options.path).wal);
      for (const [number, id] of checksOf(entry.checks)) {
        numbers.set(id, number);
      }
      const last = entry.batches.at(-1);
      if (last !== undefined) void this.#seal(this.#open, last.until);
      return { type: "written" };
    } catch (error) {
      return this.#fault(error);
    }
  }

  /** Closes a file that is gone, or another one. */
  #mustBeThere(): void {
    if (this.#open === null) return;
    const { path } = this.#options;
    const file = fileAt(path);
    if (file === this.#open.file) return;
    const what = file === null ? "gone" : "another file";
    this.#say(`${path}: the history is ${what}, and begins anew`);
    const { wal } = this.#open;
    this.#close();
    removeLog(path, wal);
  }

  #fault(error: unknown): WriteReply {
    try {
      if (isDamage(error)) this.#giveUp(error);
    } catch (second) {
      error = second;
    }
    if (error instanceof RefusedError) {
      return { type: "refused", said: this.#takeSaid() };
    }
    const { message } = error as Error;
    // This passes by itself; all else needs a file that is opened anew.
    if (!/disk is full|database is locked/.test(message)) this.#close();
    return { type: "trouble", why: message };
  }

  /** Gives up a file that turns out to be damaged. */
  #giveUp(error: unknown): void {
    this.#close();
    this.#setAside(damaged(error));
  }

  #openStore(): Open & { readonly kept: Map<string, string> } {
    const { path, timeZone } = this.#options;
    const locked = this.#locked();
    try {
      touch(path);
      let store;
      try {
        store = new Store(path, { timeZone });
      } catch (error) {
        this.#setAside(error);
        touch(path);
        store = new Store(path, { timeZone });
      }
      const numbers = store.checks();
      const kept = store.kept();
      this.#sealed = -1;
      const file = fileAt(path);
      const end = new AbortController();
      this.#open = { store, lock: locked, end, file, wal: null, numbers };
      return { ...this.#open, kept };
    } catch (error) {
      locked[Symbol.dispose]();
      throw error;
    }
  }

  #locked(): Disposable {
    const { path } = this.#options;
    try {
      return lock(path);
    } catch (error) {
      if (!(error instanceof InUseError)) throw error;
      this.#refuse(
        `${path}: another agent keeps its history there: give each agent a file of its own; the history is not kept`,
      );
    }
  }

  /** Makes room for a history in the place of what is none. */
  #setAside(error: unknown): void {
    if (!(error instanceof StoreError)) throw error;
    const { path } = this.#options;
    const { kind, message } = error;
    if (kind === "newer") {
      this.#refuse(
        `${path}: ${message}: update lifesign, or name another file; the history is not kept`,
      );
    }
    try {
      const bad = setAside(path);
      this.#say(`${path}: not a valid history, renamed to ${bad}: ${message}`);
    } catch (second) {
      const why = (second as Error).message;
      this.#refuse(
        `${path}: not a valid history: ${message}; ${why}; the history is not kept`,
      );
    }
  }

  #refuse(message: string): never {
    this.#say(message);
    throw new RefusedError(message);
  }

  #say(message: string): void {
    this.#said.push([message, "warn"]);
  }

  #takeSaid(): Saying[] {
    const said = this.#said;
    this.#said = [];
    return said;
  }

  /** Moves what is older than the last five minutes, unless that is being done. */
  async #seal({ store, end }: Open, now: number): Promise<void> {
    const current = fiveMinutesOf(now);
    if (this.#sealing === end || this.#sealed === current) return;
    this.#sealing = end;
    const { signal } = end;
    const retention = this.#options;
    try {
      if (await keepUp(store, { retention, now, signal })) {
        this.#sealed = current;
      }
    } catch (error) {
      // It is tried again after the next entry, which shows other trouble, too.
      if (isDamage(error)) this.#fault(error);
    } finally {
      if (this.#sealing === end) this.#sealing = null;
    }
  }

  #mustBeOpen(): Open {
    if (this.#open === null) {
      throw new Error("The history cannot be read now");
    }
    return this.#open;
  }

  #end(entry: Entry): boolean {
    const { type } = this.#write(entry);
    // The numbers of another file are not those of the entry.
    if (type !== "written") this.#said = [];
    this.#close();
    return type === "written";
  }

  #close(): void {
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    open.end.abort();
    try {
      open.store[Symbol.dispose]();
    } catch {
      // Whatever it is, there is no more to be done about it.
    }
    open.lock[Symbol.dispose]();
  }
}
