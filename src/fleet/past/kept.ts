/**
 * Values that outlive the process, by their names. They are written in the same
 * transaction as the incidents that began or ended since the last one.
 */
export interface Kept {
  /** All values whose names begin with a prefix. */
  list(prefix: string): Iterable<readonly [name: string, value: string]>;
  /** Has a value written, or removed if it is `null`. */
  put(name: string, value: string | null): void;
  /**
   * Resolves to `true` once all that was put before is written, and to `false` once
   * it is known that it cannot be written now. Who waits has it written soon.
   */
  written(): Promise<boolean>;
  /**
   * Where agents share values, and one of them puts: to be called by who begins to.
   * Resolves once it has all that others have put, or cannot know after a few
   * seconds.
   */
  catchUp?(): Promise<void>;
  /**
   * Likewise: calls back when others have put values since then, as they did not
   * know better, until the signal aborts.
   */
  onOthers?(callback: () => void, signal: AbortSignal): void;
}
