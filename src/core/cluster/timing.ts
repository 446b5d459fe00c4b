/** How long the members of a cluster wait for each other. */

/** Durations in milliseconds, each by the own steady clock of who measures it. */
export interface Timing {
  /** From one renewal to the next. */
  readonly renewMs: number;
  /** From a request that had no answer to the next one. */
  readonly retryMs: number;
  /**
   * How long an answer is waited for. Who sends the requests says `unreachable`
   * then, or before if it knows that there is no connection.
   */
  readonly requestMs: number;
  /** How long a lease holds, from when its last renewal was sent. */
  readonly leaseMs: number;
  /**
   * How long others wait, from when they last saw it renewed. It is longer than
   * `leaseMs` by more than clocks drift apart meanwhile.
   */
  readonly takeoverMs: number;
  /** How long an owner goes on at most while the next one does not answer. */
  readonly handoverMs: number;
  /** The least time between two renewals that tell of other members. */
  readonly announceMs: number;
  /** How long members may take to come back whose keys the register has lost. */
  readonly returnMs: number;
  /** How long the own renewal may take to be seen by watching. */
  readonly echoMs: number;
}

/** The durations that a cluster has. */
export const TIMING: Timing = {
  renewMs: 3_000,
  retryMs: 1_000,
  requestMs: 2_000,
  leaseMs: 9_000,
  takeoverMs: 10_000,
  handoverMs: 5_000,
  announceMs: 500,
  returnMs: 4_000,
  echoMs: 3_000,
};
