import { Allowance } from "./outbox/allowance.ts";
import { toldIncident } from "./build.ts";
import type { Case, Pending } from "./case.ts";
import { Cases } from "./cases.ts";
import { dueAt, gatherMs, remindAt } from "./due.ts";
import type { Hold } from "./hold.ts";
import type { ToldIncident } from "./message.ts";
import { Outbox } from "./outbox/outbox.ts";
import type { NotifierPolicy } from "./policy.ts";
import { ended } from "./problem.ts";
import { MESSAGE, PROBLEM, restore, STATE } from "./saved/restore.ts";
import {
  type DeskState,
  writeCase,
  writeMessage,
  writeState,
} from "./saved/saved.ts";

/** How many problems that are over are known at least. */
const MAX_STANDING = 1000;

/** Options for a desk. */
export interface DeskOptions {
  readonly policy: NotifierPolicy;
  /** Whether a check depends on others: it decides how long is gathered. */
  readonly dependsOnOthers: (check: string) => boolean;
  /** What it had saved before. */
  readonly saved?: Iterable<readonly [name: string, value: string]>;
  /** Keeps a value for after a restart, or forgets it if it is `null`. */
  readonly save?: (name: string, value: string | null) => void;
}

/**
 * What one desk knows: the problems and what was told of them, the messages that
 * wait, and its numbers. It saves what has changed of these.
 */
export class Ledger {
  policy: NotifierPolicy;
  readonly cases: Cases;
  readonly outbox: Outbox;
  readonly allowance: Allowance;
  readonly state: DeskState;
  /** When the first thing was due that is not told yet; `null` if nothing is. */
  window: number | null = null;
  /** What would hold something back, as it was when it last looked. */
  hold: Hold["by"] | null = "start";
  /** What holds something back. */
  waiting: Hold["by"] | null = null;
  nextLook: number = -Infinity;
  /** What was told and is over, the last ones. */
  readonly #over: ToldIncident[] = [];
  readonly #options: DeskOptions;
  readonly #unsaved = new Map<string, Case | Pending | null>();
  #isStateSaved = true;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.policy = options.policy;
    const { state, cases, messages, damaged } = restore(options.saved ?? []);
    this.state = state;
    this.allowance = new Allowance(state.sentAt);
    this.cases = new Cases((id, known) => {
      this.#unsaved.set(PROBLEM + id, known);
    });
    this.outbox = new Outbox((id, message) => {
      this.#unsaved.set(MESSAGE + id, message);
    });
    for (const known of cases) {
      const { check, began } = known.problem;
      const other = this.cases.lasting(check);
      this.cases.put(known);
      // A check has one problem at a time, unless two agents have told of it that
      // did not know of each other, or what was saved is damaged.
      if (other !== undefined && known.problem.ended === null) {
        this.cases.update(other, ended(other.problem, began, "recovered"));
      }
    }
    for (const message of messages) this.outbox.put(message);
    for (const known of [...this.cases.all]) this.tidy(known);
    for (const name of damaged) this.#unsaved.set(name, null);
  }

  /** What was told and is over, the last ones. */
  get over(): readonly ToldIncident[] {
    return this.#over;
  }

  /** How long is gathered. */
  get gatherMs(): number {
    return gatherMs(this.policy, this.#options.dependsOnOthers);
  }

  /** Has it looked again at an instant, or before. */
  lookBy(at: number): void {
    this.nextLook = Math.min(this.nextLook, at);
  }

  /** Has it looked again when something of a problem is due. */
  plan(known: Case): void {
    if (this.window === null) this.lookBy(dueAt(known, this.policy));
    this.lookBy(remindAt(known, this.policy));
  }

  /** Changes the state that is saved. */
  note(changes: Partial<DeskState>): void {
    Object.assign(this.state, changes);
    this.#isStateSaved = false;
  }

  /** Forgets a problem if there is nothing to tell of it any more. */
  tidy(known: Case): void {
    const { problem, told, mentions, isHeld } = known;
    if (problem.ended === null || mentions.length > 0 || isHeld) return;
    if (told === null) this.cases.drop(known);
    else if (!this.policy.resolved) this.close(known);
  }

  /** Forgets a problem that was told and is over, but that it stands for a while. */
  close(known: Case): void {
    this.#over.push(toldIncident(known));
    if (this.#over.length >= 2 * MAX_STANDING) {
      this.#over.splice(0, MAX_STANDING);
    }
    this.cases.drop(known);
  }

  /** Saves what has changed. */
  save(): void {
    const { save } = this.#options;
    if (save !== undefined) {
      for (const [name, value] of this.#unsaved) save(name, written(value));
      if (!this.#isStateSaved) save(STATE, writeState(this.state));
    }
    this.#unsaved.clear();
    this.#isStateSaved = true;
  }
}

function written(value: Case | Pending | null): string | null {
  if (value === null) return null;
  return "problem" in value ? writeCase(value) : writeMessage(value);
}
