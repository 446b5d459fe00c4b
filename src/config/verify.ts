import type { Verification } from "../probes/kind.ts";
import { type ConfigIssue, join } from "../schema/issue.ts";
import type { CheckSpec } from "./check.ts";
import { sourceOf } from "./check_source.ts";
import { camelCased, optionPath } from "./names.ts";

/** What {@linkcode verifyChecks} found. */
export interface ChecksVerification extends Pick<Verification, "missing"> {
  /** The problems. */
  readonly issues: readonly ConfigIssue[];
}

/**
 * Finds the problems of checks that depend on the files of this machine, such as
 * a certificate that is not there.
 */
export async function verifyChecks(
  checks: readonly CheckSpec[],
): Promise<ChecksVerification> {
  const issues: ConfigIssue[] = [];
  const missing: Deno.PermissionDescriptor[] = [];
  for (const check of checks) {
    const source = sourceOf(check);
    const found = await source?.kind.verify?.(camelCased(source.fields));
    if (found === undefined) continue;
    missing.push(...found.missing);
    for (const { option, problem } of found.problems) {
      issues.push({
        path: optionPath(join("checks", check.id), option),
        message: check.probe.secrets?.redact(problem) ?? problem,
      });
    }
  }
  return { issues, missing };
}
