import type { Case, Told } from "./case.ts";
import type { Problem } from "./problem.ts";

/** The problems of a notifier, and what was told of them. */
export class Cases {
  readonly #all = new Map<string, Case>();
  readonly #lasting = new Map<string, Case>();
  /** Those that are over untold, were held back, and are in no message yet. */
  readonly held: Set<Case> = new Set();
  /** How many problems there are whose beginning was told with a key. */
  readonly #keys = new Map<string, number>();
  readonly #onChange: (id: string, value: Case | null) => void;

  /** `onChange` is called with each that is to be saved, or forgotten. */
  constructor(onChange: (id: string, value: Case | null) => void) {
    this.#onChange = onChange;
  }

  /** All of them. */
  get all(): Iterable<Case> {
    return this.#all.values();
  }

  /** The checks that have a problem that lasts. */
  get checks(): Iterable<string> {
    return this.#lasting.keys();
  }

  /** The one of a check that lasts. */
  lasting(check: string): Case | undefined {
    return this.#lasting.get(check);
  }

  /** Opens a case for a problem. */
  open(problem: Problem): Case {
    let { id } = problem;
    for (let n = 2; this.#all.has(id); n++) id = `${problem.id}_${n}`;
    const opened: Case = {
      problem: id === problem.id ? problem : { ...problem, id },
      told: null,
      mentions: [],
      notBefore: -Infinity,
      isHeld: false,
    };
    this.put(opened);
    this.save(opened);
    return opened;
  }

  /** Takes one that was known before. */
  put(known: Case): void {
    const { id, check, ended } = known.problem;
    this.#all.set(id, known);
    if (ended === null) this.#lasting.set(check, known);
    if (known.isHeld && known.mentions.length === 0) this.held.add(known);
    this.#count(known.told, 1);
  }

  /** Notes that a problem is another one now. */
  update(known: Case, problem: Problem): void {
    const { check } = known.problem;
    known.problem = problem;
    const isOver = problem.ended !== null;
    if (isOver && this.#lasting.get(check) === known) {
      this.#lasting.delete(check);
    }
    this.save(known);
  }

  /** Notes what was told of one. */
  tell(known: Case, told: Told | null): void {
    if (known.told?.key !== told?.key) {
      this.#count(known.told, -1);
      this.#count(told, 1);
    }
    known.told = told;
    this.save(known);
  }

  /** Holds back one that is over. */
  hold(known: Case): void {
    known.isHeld = true;
    this.held.add(known);
    this.save(known);
  }

  /** Has one saved. */
  save(known: Case): void {
    this.#onChange(known.problem.id, known);
  }

  /** Forgets one. */
  drop(known: Case): void {
    const { id, check } = known.problem;
    if (!this.#all.delete(id)) return;
    this.held.delete(known);
    if (this.#lasting.get(check) === known) this.#lasting.delete(check);
    this.#count(known.told, -1);
    this.#onChange(id, null);
  }

  /** How many problems there are whose beginning was told with a key. */
  withKey(key: string): number {
    return this.#keys.get(key) ?? 0;
  }

  #count(told: Told | null, by: number): void {
    if (told === null) return;
    const count = this.withKey(told.key) + by;
    if (count > 0) this.#keys.set(told.key, count);
    else this.#keys.delete(told.key);
  }
}
