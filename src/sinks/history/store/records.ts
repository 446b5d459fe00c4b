import type { Chunk } from "./chunk.ts";
import { pack } from "./chunk.ts";
import type { PackedAttempt } from "../packed.ts";
import { durationIn, verdictOf } from "../packed.ts";
import { stateOf, type StoredState } from "../state_format.ts";
import type { Database } from "./database.ts";
import { beginnings, tallyOf } from "./log.ts";
import { recentOf, unpackRow } from "./sealing.ts";
import type { Tallied } from "./tally.ts";

/** What is known of a check from before a restart. */
export interface StoredRecord {
  readonly state: StoredState;
  /** The last attempts, packed. */
  readonly recent: Chunk;
}

/**
 * What is known of all checks by their ids: what was written of them last, with
 * what the attempts since then make of it.
 */
export function readRecords(
  database: Database,
): Map<string, StoredRecord> {
  return database.transaction(() => {
    const tallied = new Map<number, Tallied>();
    for (const check of tallyOf(database, beginnings(database), "attempts")) {
      tallied.set(check.number, check);
    }
    const rows = database.all(
      `SELECT number, id, state, more, last_at, last_code, attempts, reasons
        FROM states JOIN checks ON number = states.check_number
        LEFT JOIN recent ON recent.check_number = number`,
    ) as [
      number,
      string,
      string,
      number,
      number | null,
      number | null,
      Uint8Array | null,
      string | null,
    ][];
    const records = new Map<string, StoredRecord>();
    for (const [number, id, text, more, at, code, attempts, reasons] of rows) {
      const check = tallied.get(number)!;
      const saved = tried(() => stateOf(text));
      // Whatever it is, it is not ours.
      if (saved === undefined || saved.id !== id) continue;
      const before = attempts === null ? [] : unpackRow([attempts, reasons], 0);
      const sealed = more > 0 ? [{ code: code!, at: at!, count: more }] : [];
      records.set(id, {
        state: [...sealed, ...check.unknown].reduce(advanced, saved),
        recent: pack(recentOf(before, check), 0),
      });
    }
    return records;
  }, "DEFERRED");
}

/**
 * A state after attempts that were like the last one: others would have been
 * written with it.
 */
function advanced(
  state: StoredState,
  { code, at, count = 1 }: PackedAttempt & { readonly count?: number },
): StoredState {
  const verdict = verdictOf(code);
  if (verdict !== state.verdict) return state;
  const next = {
    ...state,
    checkedAt: at,
    durationMs: durationIn(code),
    attempts: state.attempts + count,
  };
  switch (verdict) {
    case "pass":
      return {
        ...next,
        passed: state.passed + count,
        successes: state.successes + count,
        passes: state.passes + count,
      };
    case "warn":
      return {
        ...next,
        passed: state.passed + count,
        successes: state.successes + count,
        warnings: state.warnings + count,
      };
    case "fail":
      return {
        ...next,
        failed: state.failed + count,
        failures: state.failures + count,
      };
    case "error":
      return { ...next, errors: state.errors + count };
    default:
      return verdict satisfies never;
  }
}

function tried<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
