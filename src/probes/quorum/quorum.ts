import { OptionError } from "../../core/option_error.ts";
import { error, fail, pass, warn } from "../../core/outcome.ts";
import type { ProbeHost } from "../../core/types.ts";
import { findAtDeadline } from "../../core/stage.ts";
import { oneLine } from "../../core/text.ts";
import type { Outcome, Probe, Snapshot, Status } from "../../core/types.ts";
import { define } from "../define.ts";

/** Options for {@linkcode quorum}. */
export interface QuorumOptions {
  /** The ids of the checks that it is made of, in the same fleet. */
  of: readonly string[];
  /** How many of them have to be up, that is healthy or degraded. */
  need: "all" | "any" | number;
}

/** The longest target, in characters. */
const MAX_TARGET = 200;

/**
 * Makes one check of others: it passes if as many of them are up as are needed,
 * that is healthy or degraded. It warns if some are down, or if it needs one that
 * is degraded. It is a passive probe: it follows these checks at once, and makes
 * no attempts of its own.
 *
 * @throws {OptionError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Fleet, pass, probe } from "@lifesign/lifesign";
 * import { quorum } from "@lifesign/lifesign/probes";
 *
 * await using fleet = new Fleet({ background: false });
 * for (const id of ["a", "b", "c"]) fleet.add(probe(() => pass()), { id });
 * fleet.add(quorum({ of: ["a", "b", "c"], need: 2 }), { id: "all" });
 *
 * const { status } = await fleet.attempt("all");
 * assertEquals(status, "healthy");
 * ```
 */
export function quorum(options: QuorumOptions): Probe {
  const of = membersOf(options.of);
  const need = needOf(options.need, of.length);
  let host: ProbeHost | undefined;

  /** Judges the checks by what is known of them now. */
  function judge({ get }: ProbeHost): Outcome {
    return judgeMembers(of.map((id) => ({ id, snapshot: get(id) })), need);
  }

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    // The checks of a fleet that are tried now are in flight afterwards.
    await undefined;
    const fleet = host;
    if (fleet === undefined) {
      return error({
        code: "unsupported",
        message: "A quorum needs a fleet with the checks that it is made of",
      });
    }
    findAtDeadline(signal, () => judge(fleet));
    const waiting = of.filter((id) => {
      const snapshot = fleet.get(id);
      return snapshot !== undefined &&
        (snapshot.checking || !isTried(snapshot));
    });
    // One may be removed meanwhile.
    await Promise.allSettled(
      waiting.map((id) => fleet.attempt(id, { signal })),
    );
    return judge(fleet);
  }

  return define(attempt, {
    type: "quorum",
    target: targetOf(options.need, of),
    permissions: [],
    follow(fleet) {
      host = fleet;
      let last: string | undefined;
      const tell = (): void => {
        const outcome = judge(fleet);
        // At first, only what does not depend on how the others settle is told.
        const isEarly = last === undefined &&
          of.some((id) => isUnsettled(fleet.get(id)));
        if (outcome.verdict === "error" && isEarly) return;
        const text = JSON.stringify(outcome);
        if (text === last) return;
        last = text;
        fleet.report(outcome);
      };
      fleet.onChange(of, tell);
      // The checks may have been there before.
      tell();
      return {
        [Symbol.dispose]() {
          if (host === fleet) host = undefined;
        },
      };
    },
  });
}

interface MemberState {
  readonly id: string;
  readonly snapshot: Snapshot | undefined;
}

/** Whether a check has a result of this run. */
function isTried(snapshot: Snapshot | undefined): boolean {
  return snapshot !== undefined && snapshot.checkedAt !== null &&
    snapshot.stale !== true;
}

/** Whether a check has no status yet, but may soon have one. */
function isUnsettled(snapshot: Snapshot | undefined): boolean {
  return !isTried(snapshot) ||
    snapshot!.status === "unknown" && snapshot!.verdict !== "error";
}

function judgeMembers(members: readonly MemberState[], need: number): Outcome {
  const all = members.length;
  const are: Record<Status, MemberState[]> = {
    healthy: [],
    degraded: [],
    unhealthy: [],
    unknown: [],
  };
  for (const member of members) are[statusOf(member.snapshot)].push(member);
  const { degraded, unhealthy: down, unknown } = are;
  const up = are.healthy.length + degraded.length;
  const detail = { up, down: down.length, of: all };
  const expected = `Expected ${
    need === all ? "all" : `${need} of`
  } ${all} checks to be up`;
  if (all - down.length < need) {
    return fail({
      code: "mismatch",
      message: `${expected}, but ${inWords(down)}`,
    }, detail);
  }
  if (up < need) {
    return error({
      code: "mismatch",
      message: `${expected}, but ${inWords(unknown)}`,
    }, detail);
  }
  if (down.length > 0) {
    return warn({
      code: "mismatch",
      message: `${up} of ${all} checks are up: ${inWords(down)}`,
    }, detail);
  }
  return up - degraded.length >= need ? pass(detail) : warn({
    code: "mismatch",
    message: `${expected} and well, but ${inWords(degraded)}`,
  }, detail);
}

/** The status of a check; that from before a restart does not count. */
function statusOf(snapshot: Snapshot | undefined): Status {
  return snapshot === undefined || snapshot.stale ? "unknown" : snapshot.status;
}

/** Says how the first of some checks is, and how many there are. */
function inWords(members: readonly MemberState[]): string {
  const [{ id, snapshot }, ...others] = members as [MemberState];
  const name = JSON.stringify(id);
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  if (snapshot === undefined) return `there is no check ${name}${more}`;
  const { reason } = snapshot;
  const why = reason === null ? "" : ` (${reason.message})`;
  return `${name} is ${statusOf(snapshot)}${why}${more}`;
}

function membersOf(of: unknown): readonly string[] {
  const isList = Array.isArray(of) && of.length > 0 &&
    of.every((id) => typeof id === "string" && id !== "");
  if (!isList) {
    throw new OptionError("of", "expected a list of ids of checks");
  }
  const twice = of.find((id, i) => of.indexOf(id) !== i);
  if (twice !== undefined) {
    throw new OptionError(
      "of",
      `expected each check once, got ${JSON.stringify(twice)} twice`,
    );
  }
  return [...of];
}

/** How many checks have to be up. */
function needOf(need: QuorumOptions["need"], all: number): number {
  if (need === "all") return all;
  if (need === "any") return 1;
  if (Number.isSafeInteger(need) && need >= 1 && need <= all) return need;
  throw new OptionError(
    "need",
    `expected all, any, or a number from 1 to ${all}, got ${
      JSON.stringify(need)
    }`,
  );
}

/** What it looks at, for people. */
function targetOf(need: QuorumOptions["need"], of: readonly string[]): string {
  return oneLine(`${need} of ${of.join(", ")}`, MAX_TARGET);
}
