/** How a notifier does. Times are milliseconds of the epoch. */
export interface NotifierStatus {
  /** Its name, as in the config file. */
  readonly name: string;
  /** The type of its receiver, such as `slack`. */
  readonly type: string;
  /** How many messages wait to be sent. */
  readonly pending: number;
  /** How many messages were sent. */
  readonly sent: number;
  /** How many attempts to send one failed. */
  readonly failed: number;
  /** How many messages were given up. */
  readonly givenUp: number;
  /** When a message was sent last; `null` if none was. */
  readonly lastSuccessAt: number | null;
  /** The last failure, if nothing was sent since. */
  readonly failure: { readonly at: number; readonly why: string } | null;
  /**
   * Why it sends nothing now, if it holds something back; `teller` if another agent
   * tells, or none does yet. The numbers are those of the one that told last then.
   */
  readonly waiting: "start" | "self" | "quiet" | "limit" | "teller" | null;
}

/** What came of sending a message. */
export type Delivery =
  | {
    readonly ok: true;
    /** What came back, in one line. */
    readonly answer: string;
  }
  | {
    readonly ok: false;
    /** Why, in one line, without secrets. */
    readonly why: string;
    /** Whether it is of no use to try again. */
    readonly isFinal: boolean;
    /** Whether it may have arrived all the same. */
    readonly mayHaveArrived: boolean;
    /** How long to wait before the next attempt, in milliseconds, if it said so. */
    readonly retryAfterMs?: number;
  };

/** The notifiers of a fleet. */
export interface NotificationLog {
  /** How each of them does, in the order of the config file. */
  list(): readonly NotifierStatus[];
}
