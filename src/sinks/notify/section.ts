import type { ConfigIssue } from "../../schema/issue.ts";
import type { RunningSection, Section } from "../section.ts";
import { type Content, notifyProblems } from "./problems.ts";
import { RECEIVERS } from "./receivers/table.ts";
import { NOTIFY } from "./schema.ts";
import { type NotifierSpec, type NotifyValue, specsOf } from "./spec.ts";

/** Tells people of incidents. */
export const notifySection:
  & Section<readonly NotifierSpec[]>
  & {
    readonly problems: (
      value: NotifyValue,
      content: Content,
      isValid: (path: string) => boolean,
    ) => readonly ConfigIssue[];
  } = {
    key: "notify",
    schema: NOTIFY,
    problems: notifyProblems,
    // It starts in any case, as a reload may bring notifiers.
    parse: (value: NotifyValue = {}) => specsOf(value),
    needs: (specs) =>
      specs.flatMap(({ type, options }) => RECEIVERS[type]!.needs(options)),
    start(): Promise<RunningSection<readonly NotifierSpec[]> | undefined> {
      return Promise.resolve(undefined);
    },
  };
