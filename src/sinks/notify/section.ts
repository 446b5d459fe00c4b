import type { ConfigIssue } from "../../schema/issue.ts";
import type { Section } from "../section.ts";
import type { Notifiers } from "./notifiers.ts";
import { type Content, notifyProblems } from "./problems.ts";
import { RECEIVERS } from "./receivers/table.ts";
import { NOTIFY } from "./schema.ts";
import {
  changesOf,
  type NotifierSpec,
  type NotifyValue,
  specsOf,
} from "./spec.ts";

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
    async start(specs, context) {
      const { timeZone, siteUrl } = context;
      let current = { specs, surroundings: { timeZone, siteUrl } };
      let state: "starting" | "running" | "closed" = "starting";
      let notifiers: Notifiers | undefined;
      async function load(): Promise<void> {
        const { Notifiers } = await import("./notifiers.ts");
        if (state === "closed") return;
        const { specs, surroundings } = current;
        notifiers ??= new Notifiers(
          {
            ...context,
            kept: context.kept(),
            telling: context.telling(),
            cluster: context.cluster(),
          },
          surroundings,
        );
        notifiers.set(specs, surroundings);
        if (state === "running") notifiers.begin();
      }
      if (specs.length > 0) await load();
      return {
        isReloadable: true,
        notifications: { list: () => notifiers?.list() ?? [] },
        begin() {
          state = "running";
          notifiers?.begin();
        },
        reload(next = [], { timezone, url }) {
          const before = current.specs;
          const surroundings = { timeZone: timezone, siteUrl: url };
          current = { specs: next, surroundings };
          if (notifiers !== undefined) {
            notifiers.set(next, surroundings);
          } else if (next.length > 0) {
            void load().catch(context.onError);
          }
          return changesOf(before, next);
        },
        async close() {
          state = "closed";
          await notifiers?.close();
        },
      };
    },
  };
