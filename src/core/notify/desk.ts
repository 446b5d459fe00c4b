import type { Message, ToldIncident } from "./message.ts";
import type { NotifierPolicy } from "./policy.ts";
import type { Scene, Sighting } from "./sighting.ts";
import type { Delivery, NotifierStatus } from "./status.ts";

/**
 * What one notifier knows, tells and has to send. It has no clock, no timers and no
 * chance of its own: the same calls have the same effect. Times are milliseconds
 * of the epoch.
 */
export interface Desk {
  /** Notes how a check is now. The same may be noted any number of times. */
  see(sighting: Sighting): void;
  /** Notes that a check is removed. */
  leave(check: string, at: number): void;
  /** The checks that it is to see with every attempt, as something of them lasts. */
  isWatching(check: string): boolean;
  /**
   * The checks of which something lasts. Of those that are gone after a restart it
   * is to be told that they left.
   */
  watched(): Iterable<string>;
  /** Makes messages of what is to be told now. */
  look(now: number, scene: Scene): void;
  /** When to look again, whatever happens; `Infinity` if there is no need. */
  readonly nextLook: number;
  /** The message to send now, if there is one. */
  next(now: number): Message | undefined;
  /** When there may be a message to send again; `Infinity` if none waits. */
  readonly nextSend: number;
  /** An attempt to send a message begins. */
  sending(id: string, now: number): void;
  /** An attempt to send a message has ended. `random` is from 0 up to 1. */
  delivered(id: string, delivery: Delivery, now: number, random: number): void;
  /** What was told and lasts, and what was and has ended since an instant. */
  standing(since: number): readonly ToldIncident[];
  /** Takes over another policy: nothing is forgotten, and nothing told twice. */
  change(policy: NotifierPolicy): void;
  /** How it does. */
  status(): Omit<NotifierStatus, "name" | "type">;
}

/** Options for a {@linkcode Desk}. */
export interface DeskOptions {
  readonly policy: NotifierPolicy;
  /** Whether a check depends on others: it decides how long is gathered. */
  readonly dependsOnOthers: (check: string) => boolean;
  /** What it had saved before. */
  readonly saved?: Iterable<readonly [name: string, value: string]>;
  /** Keeps a value for after a restart, or forgets it if it is `null`. */
  readonly save?: (name: string, value: string | null) => void;
}
