import { isDeepStrictEqual } from "node:util";
import { loadSchedules, scheduleReader } from "../../io/calendar/schedules.ts";
import type { AgentContext, AgentSection } from "../context.ts";
import type { Section } from "../../sinks/section.ts";
import { MAINTENANCE, type MaintenanceSpec } from "./schema.ts";
import { maintenanceProblems, plannedWindows } from "./windows.ts";

type Specs = readonly MaintenanceSpec[];

/** Plans the maintenance windows of a config file. */
export const maintenanceSection:
  & Section<Specs, AgentContext>
  & Pick<AgentSection, "load" | "problems"> = {
    key: "maintenance",
    schema: MAINTENANCE,
    load: (value: unknown) => recurs(value) ? loadSchedules() : undefined,
    problems: maintenanceProblems,
    // It starts in any case, as a reload may bring windows.
    parse: (specs: Specs = []) => specs,
    async start(specs, { config: { timezone }, maintenance, onError }) {
      let current = { specs, timezone };
      const plan = (): void =>
        maintenance.plan(plannedWindows(current.specs, current.timezone));
      if (recurs(specs)) await loadSchedules();
      plan();
      return {
        isReloadable: true,
        reload(next = [], { timezone }) {
          const before = current;
          current = { specs: next, timezone };
          if (isDeepStrictEqual(before, current)) return [];
          // The config was made with it, unless the library is used.
          if (!recurs(next) || scheduleReader() !== undefined) plan();
          else void loadSchedules().then(plan).catch(onError);
          return isDeepStrictEqual(before.specs, next)
            ? []
            : ["maintenance changed"];
        },
      };
    },
  };

/** Whether one of the specs, which may be anything, needs schedules. */
function recurs(specs: unknown): boolean {
  return Array.isArray(specs) &&
    specs.some((spec) => spec?.every !== undefined);
}
