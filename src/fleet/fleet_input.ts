import type { Outcome, Ping, Snapshot } from "../core/types.ts";
import type { Dispatch } from "./dispatch.ts";
import type { ReportOptions } from "./fleet_options.ts";
import { FleetView } from "./fleet_view.ts";
import type { Following } from "./following.ts";
import type { Member } from "./member.ts";
import { parseReport } from "./report.ts";
import type { Roster } from "./roster.ts";
import type { Runner } from "./run/runner.ts";
import type { Adopted, Looker, ReleaseOptions, Sharing } from "./sharing.ts";

/** The parts of a fleet that {@linkcode FleetInput} uses. */
export interface FleetParts {
  readonly roster: Roster;
  readonly runner: Runner;
  readonly dispatch: Dispatch;
  readonly following: Following;
  /** Whether the fleet is not closed. */
  isOpen(): boolean;
  /** Throws if the fleet is closed. */
  mustBeOpen(): void;
}

/** What comes to the checks of a fleet from outside: results, pings, other agents. */
export abstract class FleetInput extends FleetView {
  readonly #parts: FleetParts;

  /** Uses parts of a fleet, which only the package can make. */
  protected constructor(parts: FleetParts) {
    super(parts.roster, parts.dispatch, parts.runner);
    this.#parts = parts;
  }

  /**
   * Takes a result of a check from outside, as if an attempt had just ended with
   * it: it goes through the same policy, and the history, the numbers, observers,
   * watchers and callbacks get it. Gives what is then known of the check. An
   * attempt in flight goes on, and its result counts as well. The schedule stays,
   * except that the next attempt comes forward out of a backoff that has ended.
   *
   * @throws {Error} If the fleet is closed, or another agent runs the check.
   * @throws {OptionError} If `at` or `durationMs` is not valid.
   * @throws {RangeError} If there is no such check.
   * @throws {TypeError} If the outcome is not one.
   */
  report(
    id: string,
    outcome: Outcome,
    options: ReportOptions = {},
  ): Snapshot {
    this.#parts.mustBeOpen();
    const member = this.#parts.roster.require(id);
    if (member.held) {
      throw new Error(`Another agent runs the check ${JSON.stringify(id)}`);
    }
    this.#parts.runner.report(member, outcome, options);
    const snapshot = this.get(id) ?? member.snapshot;
    // Most callers drop it, and many that are kept hold up the garbage collector.
    member.forgetStep();
    return snapshot;
  }

  /**
   * Passes on a ping of a job that a check watches; of a held check, to the agent
   * that runs it. Returns `false` if the check takes no pings.
   *
   * @throws {Error} If the fleet is closed.
   * @throws {RangeError} If there is no such check.
   */
  receive(id: string, ping: Ping): boolean {
    this.#parts.mustBeOpen();
    return this.#parts.following.receive(this.#parts.roster.require(id), ping);
  }

  /**
   * Whether a check has a token of its own for its pings, and this is it. Returns
   * nothing if it has none, or if there is no such check.
   */
  admits(id: string, token: string | undefined): boolean | undefined {
    const member = this.#parts.roster.get(id);
    return member && this.#parts.following.admits(member, token);
  }

  /** Whether it was not closed. */
  get isOpen(): boolean {
    return this.#parts.isOpen();
  }

  /**
   * Shares the checks with other agents: each that is added from now on is held
   * until it is released. To be called before any check is added.
   *
   * @throws {Error} If there are checks, or the fleet is closed.
   */
  share(sharing: Sharing): void {
    this.#parts.mustBeOpen();
    if (this.#parts.roster.size > 0) {
      throw new Error("The fleet has checks already");
    }
    this.#parts.runner.sharing = sharing;
  }

  /**
   * Makes no more attempts of a check until it is released, as another agent runs
   * it. An attempt in flight is given up. What is known of the check stays.
   *
   * @throws {Error} If the fleet does not share its checks.
   * @throws {RangeError} If there is no such check.
   */
  hold(id: string): void {
    this.#parts.runner.hold(this.#parts.roster.require(id));
  }

  /**
   * Runs a check that was held, from what is known of it: the next attempt is made
   * when the other agent would have made it, or as soon as there is room if that
   * is over. If the other agent has run it until now, say by `lateMs` how old what
   * is known of it may be.
   *
   * @throws {Error} If the fleet is closed.
   * @throws {RangeError} If there is no such check.
   */
  release(
    id: string,
    looker: Looker,
    { lateMs = 0 }: ReleaseOptions = {},
  ): void {
    this.#parts.mustBeOpen();
    const member = this.#parts.roster.require(id);
    if (!member.held) return;
    member.looker = looker;
    this.#parts.runner.release(member, lateMs);
    this.#parts.following.restart(member);
  }

  /**
   * Takes over what another agent has found of a held check, with the state of its
   * machine: the history, observers, watchers and callbacks get it as a result.
   * The times of attempts do not go back, and are not in the future. Returns
   * `false`, and does nothing, if the check runs here or if there is none.
   *
   * @throws {Error} If the fleet is closed.
   * @throws {OptionError} If `durationMs` is not valid.
   * @throws {TypeError} If the outcome is not one.
   */
  adopt(id: string, adopted: Adopted): boolean {
    this.#parts.mustBeOpen();
    const member = this.#parts.roster.get(id);
    if (member === undefined || !member.held) return false;
    const { outcome, memory } = adopted;
    if (memory !== undefined) this.#parts.following.recall(member, memory);
    if (outcome !== null) this.#take(member, outcome, adopted);
    return true;
  }

  #take(member: Member, outcome: Outcome, adopted: Adopted): void {
    const { durationMs } = adopted;
    const { result } = parseReport(
      outcome,
      durationMs === null ? {} : { durationMs },
      member.probe.secrets,
    );
    member.adopt(result, adopted);
    const { roster, dispatch } = this.#parts;
    roster.count(member.before.status, member.state.status);
    dispatch.ended(member, result, adopted.looker);
    member.forgetStep();
  }
}
