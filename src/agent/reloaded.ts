/** What changed with another config. */
export interface Reloaded {
  /** How many checks were added. */
  readonly added: number;
  /** How many checks were removed. */
  readonly removed: number;
  /** How many checks changed. */
  readonly changed: number;
  /** Whether the checks that stayed are in another order. */
  readonly isOrderNew: boolean;
  /** What else changed and was applied, such as `token changed`. */
  readonly notes: readonly string[];
  /** The top-level keys that changed and are applied only by a restart. */
  readonly needRestart: readonly string[];
}
