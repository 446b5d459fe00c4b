import type { SavedState, State } from "../core/state.ts";
import type { Json } from "../core/json.ts";
import type { Outcome, Ping } from "../core/types.ts";

/** How a fleet shares its checks with those of other agents. */
export interface Sharing {
  /**
   * Whether attempts may be made now. It is asked before each that is due; if not,
   * it is asked again a moment later.
   */
  acts(): boolean;
  /**
   * Has the agent that runs a held check try it now. Resolves once what that has
   * found was adopted, or when it is not to be expected any more.
   */
  attempt(id: string): Promise<void>;
  /** Passes on a ping of a held check to the agent that runs it. */
  receive(id: string, ping: Ping): void;
}

/** Who looks at a check: an agent of many. */
export interface Looker {
  /** The id of the agent. */
  readonly agent: string;
  /** Its region, if it has one. */
  readonly region?: string;
}

/** Options for `Fleet.release()`. */
export interface ReleaseOptions {
  /**
   * How late the next attempt may be and is still taken to have been made by the
   * other agent, in milliseconds: what is known here may be older.
   *
   * @default {0}
   */
  readonly lateMs?: number;
}

/**
 * What the machine of another agent knows of a check, as far as it goes on here;
 * times are milliseconds of the epoch.
 */
export type SharedState = SavedState & Pick<State, "starting" | "firstAt">;

/** A result of another agent, with what its machine then knew. */
export interface Adopted {
  /** What the attempt has found; `null` if only the memory is new. */
  readonly outcome: Outcome | null;
  /** How long the attempt took, in milliseconds, if it is known. */
  readonly durationMs: number | null;
  /** The state of its machine after that. */
  readonly state: SharedState;
  /** Who has looked. */
  readonly looker: Looker;
  /** What its passive probe remembers, if it is one. */
  readonly memory?: Json;
}
