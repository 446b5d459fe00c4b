import type { Probe, Snapshot, Status } from "../core/types.ts";
import { reportUncaught } from "../io/report_uncaught.ts";
import { Dispatch } from "./dispatch.ts";
import type {
  AttemptOptions,
  FleetOptions,
  UntilOptions,
} from "./fleet_options.ts";
import { FleetInput } from "./fleet_input.ts";
import { Following } from "./following.ts";
import { Member } from "./member.ts";
import type { MonitorOptions } from "./monitor.ts";
import type { CheckRecord } from "./record.ts";
import { Roster } from "./roster.ts";
import { Runner } from "./run/runner.ts";

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
export class Fleet extends FleetInput implements AsyncDisposable {
  readonly #roster: Roster;
  readonly #runner: Runner;
  readonly #dispatch: Dispatch;
  readonly #following: Following;
  #closed = false;
  #closing: Promise<void> | undefined;

  /**
   * Makes a fleet without checks.
   *
   * @throws {OptionError} If one of the limits is not 1 or more.
   */
  constructor(options: FleetOptions = {}) {
    const roster = new Roster();
    const dispatch = new Dispatch({
      onChange: options.onChange,
      onError: options.onError ?? reportUncaught,
    });
    const runner = new Runner({
      concurrency: options.concurrency ?? 256,
      perHost: options.perHost ?? 16,
      background: options.background ?? true,
      onError: (error) => dispatch.report(error),
      onBegin: (member, lagMs) => dispatch.began(member, lagMs),
      onHold: (member, before) => dispatch.held(member, before),
      onTrust: (member) => dispatch.trusted(member),
      onEnd: (member, result) => {
        roster.count(member.before.status, member.state.status);
        dispatch.ended(member, result);
      },
    });
    const following = new Following({
      roster,
      runner,
      dispatch,
      attempt: (id, options) => self.attempt(id, options),
    });
    const isOpen = (): boolean => !self.#closed;
    const mustBeOpen = (): void => self.#mustBeOpen();
    super({ roster, runner, dispatch, following, isOpen, mustBeOpen });
    // deno-lint-ignore no-this-alias
    const self = this;
    this.#following = following;
    this.#roster = roster;
    this.#dispatch = dispatch;
    this.#runner = runner;
  }

  /**
   * Adds a check. Its first attempt is made as soon as there is room; until
   * then its state is that of the `record`, if type and target are the same.
   *
   * Throws the signal's reason if that has aborted.
   *
   * @throws {Error} If the id is taken, or the fleet is closed.
   * @throws {OptionError} If an option is not valid.
   * @throws {TypeError} If the probe is not one.
   */
  add(
    probe: Probe,
    options: MonitorOptions & { id: string; record?: CheckRecord | undefined },
  ): void {
    this.#mustBeOpen();
    const member = new Member(probe, options);
    if (options.record !== undefined) member.restore(options.record);
    member.held = this.#runner.sharing !== undefined;
    this.#admit(member, options, (id) => this.#roster.mustBeFree(id));
    this.#runner.start(member);
    this.#roster.add(member);
    this.#dispatch.added(member);
    this.#following.start(member);
  }

  /**
   * Gives a check another probe and other options, all of them. Its state stays
   * if the type and the target of the probe do; otherwise it starts afresh. An
   * attempt in flight is given up; the next is made as soon as there is room.
   *
   * Throws the signal's reason if that has aborted.
   *
   * @throws {Error} If the fleet is closed.
   * @throws {RangeError} If there is no such check.
   * @throws {OptionError} If an option is not valid.
   * @throws {TypeError} If the probe is not one.
   */
  replace(probe: Probe, options: MonitorOptions & { id: string }): void {
    this.#mustBeOpen();
    const member = new Member(probe, options);
    this.#admit(member, options, (id) => void this.#roster.require(id));
    const old = this.#roster.require(member.id);
    member.resume(old);
    member.held = old.held;
    member.looker = old.looker;
    // An observer, and a probe that is given up, may do anything.
    using _pause = this.#dispatch.pause();
    this.#roster.replace(old, member);
    this.#dispatch.replaced(old, member);
    this.#runner.replace(old, member);
    this.#following.start(member);
  }

  /**
   * Puts the checks of some ids first, in the order of these.
   *
   * @throws {RangeError} If there is no check of one of the ids.
   */
  arrange(ids: Iterable<string>): void {
    if (this.#roster.arrange(ids)) this.#dispatch.arranged(() => this.ids());
  }

  /**
   * Removes a check; does nothing if there is none of that id. Resolves when
   * its attempt in flight has ended.
   */
  remove(id: string): Promise<void> {
    const member = this.#roster.get(id);
    if (member === undefined) return this.#runner.left(id);
    using _pause = this.#dispatch.pause();
    this.#roster.delete(member);
    this.#dispatch.removed(member);
    return this.#runner.remove(member);
  }

  /**
   * Tries a check now, once, and gives what is then known of it. An attempt in
   * flight is joined. If another agent runs the check, that one is asked to try it.
   *
   * Rejects with a `RangeError` if there is no such check or `maxAge` is not a
   * duration, with the signal's reason if that aborts first, and if the fleet
   * is closed.
   */
  async attempt(
    id: string,
    options: AttemptOptions = {},
  ): Promise<Snapshot> {
    options.signal?.throwIfAborted();
    this.#mustBeOpen();
    const [snapshot] = await this.#attempt([this.#roster.require(id)], options);
    return snapshot!;
  }

  /**
   * Tries all checks now, once, and gives what is then known of them, in their
   * order. Rejects as {@linkcode Fleet.attempt} does.
   */
  async attemptAll(options: AttemptOptions = {}): Promise<Snapshot[]> {
    options.signal?.throwIfAborted();
    this.#mustBeOpen();
    return await this.#attempt([...this.#roster.values()], options);
  }

  /**
   * Waits until all checks, or some, have one of the statuses at the same
   * time, and gives what is then known of them.
   *
   * Rejects with a `RangeError` if there is no check of one of the ids, and if
   * one of them is removed or the fleet closed meanwhile. If the signal aborts
   * without a reason of its own, the error says which checks were waited for: its
   * name is that of the signal's reason, such as `TimeoutError`, and its cause is
   * the reason. A reason of its own is passed on. Without checks there is nothing
   * to wait for; a status from before a restart is unknown.
   */
  async until(
    status: Status | Status[],
    { ids, signal }: UntilOptions = {},
  ): Promise<Snapshot[]> {
    signal?.throwIfAborted();
    this.#mustBeOpen();
    const waiter = this.#roster.waiter([status].flat(), ids);
    using _waiting = this.#dispatch.join(waiter);
    return await waiter.wait(signal);
  }

  /**
   * Ends everything: no more attempts are made, and those in flight are aborted
   * and awaited. A second call waits for the same end.
   */
  close(): Promise<void> {
    // At once, for a probe that is given up and adds another one.
    this.#closed = true;
    return this.#closing ??= this.#close();
  }

  /** The same as {@linkcode Fleet.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#runner.stop();
    this.#dispatch.fail(new Error("The fleet was closed"));
    await this.#runner.close(this.#roster.values());
    this.#dispatch.close();
  }

  async #attempt(
    members: readonly Member[],
    options: AttemptOptions,
  ): Promise<Snapshot[]> {
    await this.#runner.attempt(members, options);
    this.#mustBeOpen();
    // Some may have been replaced meanwhile, or removed.
    return members.map(({ id, snapshot }) => this.get(id) ?? snapshot);
  }

  /** Holds what a member needs. Its `hold` may do anything to the fleet. */
  #admit(
    member: Member,
    { signal }: MonitorOptions,
    mustFit: (id: string) => void,
  ): void {
    const check = (): void => {
      this.#mustBeOpen();
      mustFit(member.id);
      signal?.throwIfAborted();
    };
    check();
    this.#runner.admit(member, check);
    member.listen(signal, () => void this.remove(member.id));
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error("The fleet is closed");
  }
}
