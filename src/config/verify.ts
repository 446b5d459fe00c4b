import { oneLine, thrownInWords } from "../core/text.ts";
import type { Verification } from "../probes/kind.ts";
import { type ConfigIssue, inFile, join } from "../schema/issue.ts";
import { shown } from "../schema/validate.ts";
import type { CheckSpec } from "./check.ts";
import { type CheckSource, sourceOf } from "./check_source.ts";
import { isOptionError, kindOptions } from "./kind_options.ts";
import { optionPath } from "./names.ts";
import { permissionProblem } from "./plugins/permission_problem.ts";
import {
  PLUGIN_LIMIT_MS,
  TimeLimitError,
  withinLimit,
} from "./plugins/time_limit.ts";

/** What {@linkcode verifyChecks} found. */
export interface ChecksVerification extends Pick<Verification, "missing"> {
  /** The problems. */
  readonly issues: readonly ConfigIssue[];
  /** What else there is to see, each with the id of its check. */
  readonly notes: readonly (readonly [id: string, note: string])[];
}

/**
 * Finds the problems of checks that depend on the files of this machine, such as
 * a certificate that is missing. A kind that throws, returns anything but a
 * {@linkcode Verification}, or takes longer than a number of milliseconds (30 s
 * by default) is a problem of the check.
 */
export async function verifyChecks(
  checks: readonly CheckSpec[],
  limitMs: number = PLUGIN_LIMIT_MS,
): Promise<ChecksVerification> {
  const issues: ConfigIssue[] = [];
  const missing: Deno.PermissionDescriptor[] = [];
  const notes: (readonly [string, string])[] = [];
  for (const check of checks) {
    const source = sourceOf(check);
    if (source?.kind.verify === undefined) continue;
    const path = join("checks", check.id);
    const redacted = (text: string): string =>
      check.probe.secrets?.redact(text) ?? text;
    const report = (option: string, problem: string): void => {
      const message = redacted(problem);
      const { file } = source;
      issues.push(inFile(file, { path: optionPath(path, option), message }));
    };
    try {
      const found = await withinLimit(verify(source), limitMs);
      const { problems } = found;
      for (const note of found.notes ?? []) {
        notes.push([check.id, oneLine(redacted(note))]);
      }
      for (const { option, problem } of problems) report(option, problem);
      missing.push(...found.missing);
    } catch (error) {
      const why = error instanceof TimeLimitError
        ? `verify() did not end within ${limitMs / 1000}s`
        : whyNotVerified(error);
      report("", `cannot verify it: ${why}`);
    }
  }
  return { issues, missing, notes };
}

/** Calls a kind's `verify`, and throws if it returns anything else. */
async function verify({ kind, fields }: CheckSource): Promise<Verification> {
  const made: unknown = await kind.verify?.(kindOptions(kind, fields));
  const { problems, missing, notes = [] } = (made ?? {}) as Partial<
    Verification
  >;
  const expected = `expected verify() to return`;
  if (!Array.isArray(problems) || !Array.isArray(missing)) {
    throw new WrongVerification(
      `${expected} { problems, missing }, got ${shown(made)}`,
    );
  }
  const other = problems.findIndex((problem) => !isOptionError(problem));
  if (other >= 0) {
    throw new WrongVerification(
      `${expected} problems that are OptionErrors, got ${
        shown(problems[other])
      }`,
    );
  }
  for (const permission of missing) {
    const problem = permissionProblem(permission);
    if (problem === undefined) continue;
    throw new WrongVerification(`${expected} missing permissions: ${problem}`);
  }
  if (!Array.isArray(notes) || notes.some((it) => typeof it !== "string")) {
    throw new WrongVerification(
      `${expected} notes that are strings, got ${shown(notes)}`,
    );
  }
  return { problems, missing, notes };
}

/** What a kind's `verify` returned is not a verification. */
class WrongVerification extends Error {}

function whyNotVerified(error: unknown): string {
  return error instanceof WrongVerification
    ? error.message
    : thrownInWords(error);
}
