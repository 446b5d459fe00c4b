import type {
  Maintenance,
  MaintenanceLog,
  PlannedMaintenance,
} from "../../fleet/past/maintenance_log.ts";

/** How many of the next times of windows are shown. */
const PLANNED = 3;

/** Dates in the place of times. */
type Dated<T> = Omit<T, "from" | "to"> & {
  readonly from: string;
  readonly to: string;
};

/** Maintenance that covers a check now, as JSON has it. */
export type ActiveMaintenance = Dated<Maintenance>;

/** A time of a maintenance window, as JSON has it. */
export type PlannedTime = Dated<PlannedMaintenance>;

/** The maintenance of now and of the time to come, as JSON has it. */
export interface MaintenanceList {
  readonly active: readonly ActiveMaintenance[];
  readonly planned: readonly PlannedTime[];
}

/** Lists maintenance. */
export function listOf(maintenance: MaintenanceLog): MaintenanceList {
  return {
    active: maintenance.list().map(dated),
    planned: maintenance.planned(PLANNED).map(dated),
  };
}

function dated<T extends { readonly from: number; readonly to: number }>(
  { from, to, ...rest }: T,
): Dated<T> {
  return {
    ...rest,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  };
}
