import { ByHand, type HandChange } from "../../core/past/by_hand.ts";
import { Alarm } from "../../io/alarm.ts";
import {
  nextOccurrences,
  type Occurrence,
  type Window,
} from "../../io/calendar/window.ts";
import { wallTime } from "../../io/clock.ts";
import type { Fleet } from "../fleet.ts";
import type {
  Maintenance,
  MaintenanceLog,
  PlannedMaintenance,
} from "./maintenance_log.ts";
import { Listeners } from "./listeners.ts";

/** A maintenance window of a config file. */
export interface PlannedWindow {
  /** When it is. */
  readonly window: Window;
  /** The ids of checks and the names of groups that it is for; or for all. */
  readonly only?: {
    readonly checks: ReadonlySet<string>;
    readonly groups: ReadonlySet<string>;
  };
  /** Why, for people. */
  readonly reason?: string | undefined;
}

/** Called when maintenance begins or ends for a check. */
type OnChange = (check: string, at: number, active: boolean) => void;

/** Tells which checks of a fleet are maintained, by a file or by hand. */
export class MaintenanceTimes implements MaintenanceLog {
  readonly #fleet: Fleet;
  readonly #onChange: OnChange;
  readonly #observers: Listeners<readonly HandChange[]>;
  #windows: readonly PlannedWindow[] = [];
  /** Those of them that are now, and since and until when. */
  #active: readonly (Occurrence & { readonly planned: PlannedWindow })[] = [];
  #isClosed = false;
  /** Whether more changes follow at once. */
  #isChanging = false;
  readonly #byHand = new ByHand();
  /** The groups of the checks of the fleet. */
  readonly #groups = new Map<string, string | null>();
  /** The checks that are known to be covered. */
  readonly #covered = new Set<string>();
  readonly #alarm = new Alarm({
    onDue: () => this.#look(),
    onClockSet: () => this.#look(),
    onStall: () => this.#look(),
  });

  /** Tells of what begins and ends, and gives to `onError` what observers throw. */
  constructor(
    fleet: Fleet,
    { onChange, onError }: {
      readonly onChange: OnChange;
      readonly onError: (error: unknown) => void;
    },
  ) {
    this.#fleet = fleet;
    this.#onChange = onChange;
    this.#observers = new Listeners(onError);
  }

  list(): readonly Maintenance[] {
    return this.#fleet.ids().flatMap((id) => this.of(id) ?? []);
  }

  of(check: string): Maintenance | undefined {
    let last = this.#ofHand(check);
    for (const { planned, from, to } of this.#active) {
      if (last !== undefined && last.to >= to) continue;
      if (!this.#isFor(planned, check)) continue;
      const { reason = null } = planned;
      last = { check, from, to, reason, by: "file" };
    }
    return last;
  }

  planned(count: number): readonly PlannedMaintenance[] {
    const now = wallTime();
    const times = this.#windows.flatMap((planned) =>
      nextOccurrences(planned.window, now, count)
        .map((time) => ({ planned, ...time }))
    );
    return times.sort((a, b) => a.from - b.from || a.to - b.to).slice(0, count)
      .map(({ planned, from, to }) => ({
        from,
        to,
        reason: planned.reason ?? null,
        checks: planned.only === undefined
          ? null
          : this.#fleet.ids().filter((id) => this.#isFor(planned, id)),
      }));
  }

  start(
    checks: Iterable<string>,
    { durationMs, reason = null }: {
      readonly durationMs: number;
      readonly reason?: string | null;
    },
  ): void {
    const ids = [...checks];
    for (const check of ids) {
      if (this.#groups.has(check)) continue;
      throw new RangeError(`There is no check named ${JSON.stringify(check)}`);
    }
    this.#byHand.start(ids, { durationMs, reason }, wallTime());
    this.#handChanged();
  }

  stop(checks: Iterable<string>): string[] {
    const stopped = this.#byHand.stop(checks, wallTime());
    if (stopped.length > 0) this.#handChanged();
    return stopped;
  }

  byHand(): readonly HandChange[] {
    return this.#byHand.list();
  }

  take(changes: Iterable<HandChange>): void {
    const taken = this.#byHand.take(changes, wallTime());
    if (taken.length > 0) this.#handChanged();
  }

  observe(
    observer: (byHand: readonly HandChange[]) => void,
    options: { readonly signal?: AbortSignal } = {},
  ): void {
    this.#observers.add(observer, options);
  }

  /** Has these windows of a config file, and no others, from now on. */
  plan(windows: readonly PlannedWindow[]): void {
    this.#windows = windows;
    this.#look();
  }

  /** Makes changes, and tells of what begins and ends with all of them. */
  together<T>(change: () => T): T {
    this.#isChanging = true;
    try {
      return change();
    } finally {
      this.#isChanging = false;
      this.#look();
    }
  }

  /** Whether a check is covered, as far as was told. */
  covers(check: string): boolean {
    return this.#covered.has(check);
  }

  /** Notes a check that is new, or may be in another group. */
  join(check: string, group: string | null): void {
    this.#groups.set(check, group);
    this.#update(check, wallTime());
  }

  /** Forgets a check that was removed. */
  leave(check: string): void {
    this.#groups.delete(check);
    this.#set(check, false, wallTime());
  }

  /** Looks at no clock any more. */
  close(): void {
    this.#isClosed = true;
    this.#alarm[Symbol.dispose]();
  }

  #handChanged(): void {
    this.#look();
    this.#observers.tell(this.byHand());
  }

  /** Tells what has begun and ended by now. */
  #look(): void {
    if (this.#isChanging) return;
    const now = wallTime();
    const isSomeOver = this.#byHand.expire(now);
    this.#active = this.#windows.flatMap((planned) => {
      const [next] = nextOccurrences(planned.window, now, 1);
      return next === undefined || next.from > now
        ? []
        : [{ planned, ...next }];
    });
    const mayCover = this.#active.length > 0 || this.byHand().length > 0;
    for (const check of mayCover ? this.#groups.keys() : [...this.#covered]) {
      this.#update(check, now);
    }
    if (!this.#isClosed) this.#alarm.set(this.#nextChange(now));
    if (isSomeOver) this.#observers.tell(this.byHand());
  }

  #update(check: string, now: number): void {
    if (this.#isChanging) return;
    const isCovered = this.#byHand.of(check) !== undefined ||
      this.#active.some(({ planned }) => this.#isFor(planned, check));
    this.#set(check, isCovered, now);
  }

  #set(check: string, isCovered: boolean, at: number): void {
    if (isCovered === this.#covered.has(check)) return;
    if (isCovered) this.#covered.add(check);
    else this.#covered.delete(check);
    this.#onChange(check, at, isCovered);
  }

  #ofHand(check: string): Maintenance | undefined {
    const change = this.#byHand.of(check);
    if (change === undefined) return undefined;
    const { from, to, reason } = change;
    return { check, from, to, reason, by: "hand" };
  }

  #isFor({ only }: PlannedWindow, check: string): boolean {
    if (only === undefined || only.checks.has(check)) return true;
    const group = this.#groups.get(check) ?? null;
    return group !== null && only.groups.has(group);
  }

  /** When something may begin or end next; `null` if nothing will. */
  #nextChange(now: number): number | null {
    const times = this.byHand().map(({ to }) => to);
    for (const { window } of this.#windows) {
      const next = window.after(now);
      if (next !== null) times.push(next.from > now ? next.from : next.to);
    }
    return times.length === 0 ? null : Math.min(...times);
  }
}
