import type { Incident } from "../../core/past/incident.ts";
import type { Level } from "../../core/say.ts";
import type { Reason } from "../../core/types.ts";
import type { IncidentQuery, Range, Step } from "../../fleet/past/archive.ts";
import type { HandChange } from "../../core/past/by_hand.ts";
import type { Entry } from "./batch.ts";
import type { StoredRecord } from "./store/records.ts";

/** The name of the worker that has the history of an agent. */
export const NAME = "lifesign history";

/** Where a history is, and how long what is kept. */
export interface HistoryOptions {
  /** The file. */
  readonly path: string;
  /** Whose days there are. */
  readonly timeZone: string;
  /** How long attempts are kept, in milliseconds. */
  readonly detailMs: number;
  /** How long everything else is kept. */
  readonly keepMs: number;
}

/** What is asked of a history. */
export type Question =
  | {
    readonly type: "periods";
    readonly checks: readonly string[];
    readonly step: Step;
    readonly range: Range;
    readonly latency: boolean;
    readonly merged: boolean;
  }
  | {
    readonly type: "attempts";
    readonly check: string;
    readonly range: Range;
    readonly limit?: number;
  }
  | { readonly type: "incidents"; readonly query: IncidentQuery };

/** What the agent asks its worker to do. Each has one {@linkcode Reply}. */
export type Request =
  | { readonly type: "open"; readonly options: HistoryOptions }
  | { readonly type: "write"; readonly entry: Entry }
  | { readonly type: "close"; readonly entry: Entry }
  | Question;

/** What the user is to be told. */
export type Saying = readonly [message: string, level: Level];

/**
 * What came of opening a history.
 *
 * - `opened`: here is what it knows.
 * - `refused`: no history can be kept there.
 */
export type OpenReply =
  | {
    readonly type: "opened";
    readonly checks: ReadonlyMap<string, number>;
    readonly records: ReadonlyMap<string, StoredRecord>;
    readonly incidents: readonly Incident[];
    readonly byHand: readonly HandChange[];
    readonly kept: ReadonlyMap<string, string>;
    readonly said: readonly Saying[];
    /** Why nothing can be written now, `null` if it can. */
    readonly trouble: string | null;
  }
  | { readonly type: "refused"; readonly said: readonly Saying[] };

/**
 * What came of writing an entry.
 *
 * - `written`: it is in the file.
 * - `trouble`: it is not, and may be tried again.
 * - `restarted`: it is not, and there is another file now, with other checks and
 *   other values.
 * - `refused`: no history can be kept there any more.
 */
export type WriteReply =
  | { readonly type: "written" }
  | { readonly type: "trouble"; readonly why: string }
  | {
    readonly type: "restarted";
    readonly checks: ReadonlyMap<string, number>;
    readonly kept: ReadonlyMap<string, string>;
    readonly said: readonly Saying[];
  }
  | { readonly type: "refused"; readonly said: readonly Saying[] };

/** What came of the end. */
export interface ClosedReply {
  readonly type: "closed";
  /** Whether the last entry is in the file. */
  readonly isWritten: boolean;
}

/** How many numbers {@linkcode PeriodsReply} has of each period. */
export const PERIOD_NUMBERS = 11;

/** Periods, as numbers. */
export interface PeriodsReply {
  readonly type: "periods";
  /** How many periods each check has, by its id. */
  readonly lengths: ReadonlyMap<string, number>;
  /**
   * Of each period: its beginning, its end, the numbers of attempts with each
   * verdict, and the milliseconds with each status and in maintenance.
   */
  readonly numbers: Float64Array;
  /** The latencies of each period, as bytes, one after the other. */
  readonly latencies: Uint8Array;
  /** Where the latencies of each period end. */
  readonly ends: Uint32Array;
}

/** Attempts, as columns. */
export interface AttemptsReply {
  readonly type: "attempts";
  readonly codes: Uint16Array;
  readonly times: Float64Array;
  /** The numbers of their reasons, from 1 on; 0 for none. */
  readonly reasonOf: Uint16Array;
  readonly reasons: readonly Reason[];
}

/** Incidents, as they are. */
export interface IncidentsReply {
  readonly type: "incidents";
  readonly incidents: readonly Incident[];
}

/** The reply to a {@linkcode Question}. */
export type QuestionReply = PeriodsReply | AttemptsReply | IncidentsReply;

/** The reply to a {@linkcode Request}. */
export type Reply =
  | OpenReply
  | WriteReply
  | QuestionReply
  | ClosedReply;

/** The reply to a request of a type. */
export type ReplyTo<R extends Request> = R extends { type: "open" } ? OpenReply
  : R extends { type: "write" } ? WriteReply
  : R extends Question ? QuestionReply & { readonly type: R["type"] }
  : ClosedReply;
