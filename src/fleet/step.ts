import type { State } from "../core/state.ts";
import type { Caption } from "../core/types.ts";
import type { AttemptResult } from "./attempt.ts";
import type { Looker } from "./sharing.ts";

/** What a check is called and what it looks at. */
export interface CheckInfo extends Caption {
  /** The check's name for programs, unique in its fleet. */
  readonly id: string;
  /** The group it is shown under, if any. */
  readonly group: string | null;
  /** The kind of probe. */
  readonly type: string;
  /** What the probe looks at; secrets are left out. */
  readonly target: string;
}

/**
 * One step of a fleet.
 *
 * - `join`: a check was added.
 * - `begin`: an attempt begins. `lagMs` is how late that is, in milliseconds,
 *   and `null` for an attempt on demand.
 * - `end`: an attempt ended with a result, or a result was reported. It has a
 *   `looker` if another agent has found it.
 * - `hold`: another agent runs the check from now on. There are no more attempts
 *   here, but results that this one finds.
 * - `replace`: a check has another probe or other options; `replaced` is what it
 *   was. The state is the same if the type and the target are.
 * - `leave`: a check was removed.
 * - `remember`: a passive probe remembers something else, for the time after a
 *   restart.
 * - `arrange`: the checks are in another order, that of `ids`.
 * - `close`: the fleet has ended. It is the last step.
 *
 * An attempt that is given up has no `end`: `hold`, `replace`, `leave` or `close`
 * ends it.
 */
export type Step =
  | {
    readonly type: "join";
    readonly id: string;
    readonly check: CheckInfo;
    readonly after: State;
  }
  | {
    readonly type: "begin";
    readonly id: string;
    readonly check: CheckInfo;
    readonly before: State;
    readonly after: State;
    readonly lagMs: number | null;
  }
  | {
    readonly type: "end";
    readonly id: string;
    readonly check: CheckInfo;
    readonly before: State;
    readonly after: State;
    readonly result: AttemptResult;
    /** Which agent has found it, if it was another one. */
    readonly looker?: Looker;
  }
  | {
    readonly type: "hold";
    readonly id: string;
    readonly check: CheckInfo;
    readonly before: State;
    readonly after: State;
  }
  | {
    readonly type: "replace";
    readonly id: string;
    readonly check: CheckInfo;
    readonly replaced: CheckInfo;
    readonly before: State;
    readonly after: State;
  }
  | {
    readonly type: "leave";
    readonly id: string;
    readonly check: CheckInfo;
    readonly before: State;
  }
  | {
    readonly type: "remember";
    readonly id: string;
    readonly check: CheckInfo;
  }
  | { readonly type: "arrange"; readonly ids: readonly string[] }
  | { readonly type: "close" };

/**
 * Called with each step, as it is made.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Fleet, probe } from "@lifesign/lifesign";
 *
 * await using fleet = new Fleet({ background: false });
 * const steps: string[] = [];
 * fleet.observe((step) => {
 *   steps.push(step.type === "end" ? step.result.outcome.verdict : step.type);
 * });
 * fleet.add(probe(() => Promise.resolve({ verdict: "pass" })), { id: "a" });
 * await fleet.attempt("a");
 *
 * assertEquals(steps, ["join", "begin", "pass"]);
 * ```
 */
export type Observer = (step: Step) => void;
