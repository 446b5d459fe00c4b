import { parseDuration } from "../../core/duration.ts";
import { lowerFirst } from "../../core/text.ts";
import { Zone } from "../../io/calendar/zone.ts";
import { type ConfigIssue, join } from "../../schema/issue.ts";
import { unknownNames } from "../../schema/unknown_names.ts";
import { redactorOf } from "./receiver_secrets.ts";
import { isAlways } from "./quiet.ts";
import { RECEIVERS } from "./receivers/table.ts";
import { type NotifierSpec, type NotifyValue, specsOf } from "./spec.ts";

/** What the rest of a config has. */
export interface Content {
  /** The ids of its checks; `null` if they are not known. */
  readonly ids: ReadonlySet<string> | null;
  /** The groups of its checks; likewise. */
  readonly groups: ReadonlySet<string> | null;
  /** Its time zone. */
  readonly timezone: string;
}

/** What reminds more often tells nothing new. */
const LEAST_REMIND_MS = 60_000;

/** Finds what is wrong with those of the notifiers that meet the schema. */
export function notifyProblems(
  value: NotifyValue,
  content: Content,
  isValid: (path: string) => boolean,
): ConfigIssue[] {
  const valid = Object.fromEntries(
    Object.entries(value).filter(([name]) => isValid(join("notify", name))),
  );
  return specsOf(valid).flatMap((spec) =>
    problemsOf(spec, join("notify", spec.name), content)
  );
}

/** Finds what is wrong with a notifier that meets the schema. */
export function problemsOf(
  { name, type, options, shared }: NotifierSpec,
  path: string,
  { ids, groups, timezone }: Content,
): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const report = (key: string, message: string): void =>
    void issues.push({ path: key === "" ? path : `${path}.${key}`, message });
  if (name.trim() === "") report("", "expected a name, got an empty one");
  const receiver = RECEIVERS[type]!;
  const problems = receiver.problems?.(options) ?? [];
  if (problems.length > 0) {
    const redact = redactorOf(receiver, options);
    for (const { option, problem } of problems) report(option, redact(problem));
  }
  const { checks, self, remind, quiet } = shared;
  if (remind && parseDuration(remind) < LEAST_REMIND_MS) {
    const got = JSON.stringify(remind);
    report("remind", `expected at least 1m, or false, got ${got}`);
  }
  if (quiet !== undefined) {
    try {
      new Zone(quiet.timezone ?? timezone);
    } catch (error) {
      const inFile = quiet.timezone === undefined;
      // That of the file is a problem of its own.
      if (!inFile) {
        report("quiet.timezone", lowerFirst((error as Error).message));
      }
    }
    if (isAlways(quiet)) {
      report("quiet.to", "expected another time than from, or only some days");
    }
  }
  if (ids !== null) {
    issues.push(
      ...unknownNames(`${path}.checks`, "check", checks, ids),
      ...unknownNames(`${path}.self`, "check", self, ids),
    );
  }
  if (groups !== null) {
    issues.push(
      ...unknownNames(`${path}.groups`, "group", shared.groups, groups),
    );
  }
  const isOnlySelf = shared.groups === undefined && self !== undefined &&
    checks?.every((check) => self.includes(check));
  if (isOnlySelf) {
    report("self", "expected others than checks: nothing is sent if they fail");
  }
  return issues;
}
