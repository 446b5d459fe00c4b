/**
 * What is written to a register, and what comes back. A register is a bucket of
 * keys, each with a revision that grows with every write. Writes are compared and
 * set: they are done only if the key still has the revision that the writer knows.
 *
 * Who sends the requests keeps to this:
 *
 * - Each write is answered once, within `requestMs`, and at once as `unreachable`
 *   while there is no connection. A list that does not come is `unreachable`, too.
 * - A key is read where it is written, not from a replica that may be behind. Keys
 *   may expire by themselves, but not within a minute of their last write.
 * - A watch begins with all keys as one list, and then brings each change in order.
 *   When the connection is lost, `disconnected()` is called before anything is sent
 *   over another one.
 * - There is a turn at least four times a second: `requests()` are sent, and
 *   `Assignment.update()` is called, which is called after every event as well, or
 *   once after several that come at the same time.
 * - What is `unreachable` for a membership is told to the teller by `unheard()`.
 * - `acts()` is asked before each attempt, and `tells()` before each message.
 */

/** A key, as it was found or seen to change. */
export interface Entry<V> {
  readonly key: string;
  /** The revision that it has since then. */
  readonly revision: number;
  /** Its value; `null` if it was deleted. */
  readonly value: V | null;
}

/** A write that is done only if the key has the revision that is named. */
export type Write<V> =
  /** The revision is `null` for a key that must not exist, or is deleted. */
  | {
    readonly type: "put";
    readonly key: string;
    readonly revision: number | null;
    readonly value: V;
  }
  | {
    readonly type: "delete";
    readonly key: string;
    readonly revision: number;
  };

/** What became of a write. */
export type Answer<V> =
  /** It was done; this is the revision of the key now. */
  | { readonly type: "done"; readonly revision: number }
  /**
   * The key has another revision. It was read again: `null` if it is not there, and
   * `undefined` if it could not be read.
   */
  | { readonly type: "conflict"; readonly entry: Entry<V> | null | undefined }
  /** There was no answer, or none that says whether it was done. */
  | { readonly type: "unreachable" };

/** What is wanted of the register. */
export type Request<V> =
  | { readonly type: "write"; readonly write: Write<V> }
  /**
   * Watch anew: all keys come as one list, and every change after that. Watching
   * before that ends.
   */
  | { readonly type: "list" };
