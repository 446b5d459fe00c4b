import { parseDuration } from "../core/duration.ts";
import { noCounts, type Rollup, rollup } from "../core/rollup.ts";
import type { Probe, Snapshot, Status } from "../core/types.ts";
import { unlessAborted } from "../io/abort.ts";
import { wallTime } from "../io/clock.ts";
import { Audience } from "./audience.ts";
import { parseEmit } from "./emit.ts";
import type {
  AttemptOptions,
  FleetOptions,
  UntilOptions,
  WatchOptions,
} from "./fleet_options.ts";
import type { History } from "./history.ts";
import { Member } from "./member.ts";
import type { MonitorOptions } from "./monitor.ts";
import { Runner } from "./runner.ts";
import type { FleetStats } from "./stats.ts";
import { Waiter } from "./waiter.ts";

/**
 * Many checks, each monitored in the background: with a common limit of
 * attempts in flight, spread evenly over time, and a common verdict.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Fleet, tcp } from "@lifesign/lifesign";
 *
 * using listener = Deno.listen({ port: 0 });
 * const { port } = listener.addr as Deno.NetAddr;
 *
 * await using fleet = new Fleet();
 * fleet.add(tcp({ port }), { id: "db", interval: "30s" });
 *
 * await fleet.until("healthy", { signal: AbortSignal.timeout(5000) });
 * assertEquals(fleet.rollup().status, "healthy");
 * ```
 */
export class Fleet implements AsyncIterable<Snapshot>, AsyncDisposable {
  readonly #members = new Map<string, Member>();
  /** Those that are removed, until their attempts in flight have ended. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #counts = noCounts();
  readonly #runner: Runner;
  readonly #audience: Audience;
  #closing: Promise<void> | undefined;

  /**
   * Makes a fleet without checks.
   *
   * @throws {RangeError} If the concurrency is not 1 or more.
   */
  constructor(options: FleetOptions = {}) {
    this.#runner = new Runner({
      concurrency: options.concurrency ?? 256,
      background: options.background ?? true,
      onStep: (member) => this.#note(member),
    });
    this.#audience = new Audience({
      onChange: options.onChange,
      // It refuses to be called as a method of anything else.
      onError: options.onError ?? ((error) => reportError(error)),
    });
  }

  /**
   * Adds a check. Its first attempt is made as soon as there is room.
   *
   * @throws {Error} If the id is taken, or the fleet is closed.
   * @throws {RangeError} If an option of the policy is out of its range.
   * @throws {TypeError} If the probe or another option is not valid.
   */
  add(probe: Probe, options: MonitorOptions & { id: string }): void {
    this.#mustBeOpen();
    const member = new Member(probe, options);
    const { id } = member;
    if (this.#members.has(id)) {
      throw new Error(`There is a check named ${JSON.stringify(id)} already`);
    }
    const { signal } = options;
    if (signal?.aborted) return;
    // It may throw, and then nothing has happened.
    this.#runner.start(member);
    if (signal !== undefined) {
      const leave = (): void => void this.remove(id);
      signal.addEventListener("abort", leave, { once: true });
      member.unlisten = () => signal.removeEventListener("abort", leave);
    }
    this.#members.set(id, member);
    this.#counts.unknown++;
    this.#audience.welcome(member);
  }

  /**
   * Removes a check; does nothing if there is none of that id. Resolves when
   * its attempt in flight has ended.
   */
  async remove(id: string): Promise<void> {
    const member = this.#members.get(id);
    if (member === undefined) return await this.#leaving.get(id);
    this.#members.delete(id);
    this.#counts[member.check.state.status]--;
    this.#audience.forget(member);
    const left = this.#runner.retire(member);
    this.#leaving.set(id, left);
    await left;
    // Another one of that id may be leaving by now.
    if (this.#leaving.get(id) === left) this.#leaving.delete(id);
  }

  /** How many checks there are. */
  get size(): number {
    return this.#members.size;
  }

  /** What is known of a check. */
  get(id: string): Snapshot | undefined {
    return this.#members.get(id)?.snapshot;
  }

  /** What is known of all checks, in the order they were added. */
  list(): Snapshot[] {
    return Array.from(this.#members.values(), (member) => member.snapshot);
  }

  /**
   * The worst status of all checks, or of some.
   *
   * @throws {RangeError} If there is no check of one of the ids.
   */
  rollup(ids?: Iterable<string>): Rollup {
    if (ids === undefined) return rollup(this.#counts);
    const counts = noCounts();
    for (const id of new Set(ids)) counts[this.#member(id).snapshot.status]++;
    return rollup(counts);
  }

  /**
   * Tries one check or all of them now, once, and gives what is then known of
   * them. An attempt in flight is joined.
   *
   * Rejects with a `RangeError` if there is no such check or `maxAge` is not a
   * duration, with the signal's reason if that aborts first, and if the fleet
   * is closed.
   */
  async attempt(
    id?: string,
    { maxAge, signal }: AttemptOptions = {},
  ): Promise<Snapshot[]> {
    signal?.throwIfAborted();
    this.#mustBeOpen();
    const members = id === undefined
      ? [...this.#members.values()]
      : [this.#member(id)];
    const maxAgeMs = maxAge === undefined ? -1 : parseDuration(maxAge);
    await unlessAborted(
      Promise.all(
        members
          .filter(({ snapshot }) => ageMs(snapshot) > maxAgeMs)
          .map((member) => this.#runner.attempt(member)),
      ),
      signal,
    );
    this.#mustBeOpen();
    return members.map((member) => member.snapshot);
  }

  /**
   * Waits until all checks, or some, have one of the statuses at the same
   * time, and gives what is then known of them.
   *
   * Rejects with a `RangeError` if there is no check of one of the ids, with
   * the signal's reason if that aborts first, and if one of the ids is removed
   * or the fleet closed meanwhile. Where there are no checks, there is nothing
   * to wait for.
   */
  async until(
    status: Status | Status[],
    { ids, signal }: UntilOptions = {},
  ): Promise<Snapshot[]> {
    signal?.throwIfAborted();
    this.#mustBeOpen();
    const chosen = ids === undefined ? undefined : [...new Set(ids)];
    const members = chosen?.map((id) => this.#member(id)) ??
      this.#members.values();
    const take = (): Snapshot[] =>
      chosen?.flatMap((id) => this.get(id) ?? []) ?? this.list();
    const waiter = new Waiter([status].flat(), take, chosen);
    for (const { id, snapshot } of members) waiter.note(id, snapshot.status);
    waiter.settle();
    using _waiting = this.#audience.join(waiter);
    return await unlessAborted(waiter.done, signal);
  }

  /** What is kept of the past of a check. */
  history(id: string): History | undefined {
    return this.#members.get(id)?.history;
  }

  /** What was done since the fleet was made, in numbers. */
  stats(): FleetStats {
    return this.#runner.stats;
  }

  /**
   * Watches all checks from now on: yields a snapshot for whatever each
   * check's `emit` tells of. A slow watcher gets only the newest of each
   * check. It ends when the signal aborts or the fleet is closed.
   *
   * @throws {TypeError} If `emit` is none.
   */
  watch(
    { emit, signal }: WatchOptions = {},
  ): AsyncIterableIterator<Snapshot, void, void> {
    return this.#audience.watch(
      emit === undefined ? undefined : parseEmit(emit),
      signal,
    );
  }

  /** The same as {@linkcode Fleet.watch}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Snapshot, void, void> {
    return this.watch();
  }

  /**
   * Ends everything: no more attempts are made, and those in flight are
   * aborted and awaited. A second call waits for the same end.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** The same as {@linkcode Fleet.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#runner.close();
    this.#audience.fail(new Error("The fleet was closed"));
    await Promise.all([
      ...this.#leaving.values(),
      ...Array.from(
        this.#members.values(),
        (member) => this.#runner.retire(member),
      ),
    ]);
    this.#audience.close();
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new Error("The fleet is closed");
  }

  #member(id: string): Member {
    const member = this.#members.get(id);
    if (member === undefined) {
      throw new RangeError(`There is no check named ${JSON.stringify(id)}`);
    }
    return member;
  }

  /** Counts the step that a member took, and tells of it. */
  #note(member: Member): void {
    const { state, before } = member.check;
    this.#counts[before.status]--;
    this.#counts[state.status]++;
    this.#audience.tell(member);
  }
}

/** How old a snapshot's last attempt is; a clock set back makes it old, too. */
function ageMs({ checkedAt }: Snapshot): number {
  return checkedAt === null
    ? Infinity
    : Math.abs(wallTime() - checkedAt.getTime());
}
