import type { Status } from "../../core/types.ts";
import type { PublicStatus } from "./status.ts";

/** The public status as the API has it. */
export interface PublicStatusJson {
  readonly title: string;
  readonly status: Status;
  readonly groups: readonly {
    readonly name: string | null;
    readonly checks: readonly {
      readonly name: string;
      readonly status: Status;
      readonly maintenance: boolean;
      /** Of the last 90 days; `null` if it is not known. */
      readonly uptime: number | null;
    }[];
  }[];
  readonly incidents: readonly {
    readonly name: string;
    readonly began: string;
    readonly ended: string | null;
  }[];
}

/** The public status as the API has it. */
export function toPublicJson(
  title: string,
  { rollup, groups, incidents }: PublicStatus,
): PublicStatusJson {
  return {
    title,
    status: rollup.status,
    groups: groups.map(({ name, checks }) => ({
      name,
      checks: checks.map(({ name, status, isInMaintenance, days }) => ({
        name,
        status,
        maintenance: isInMaintenance,
        uptime: days?.ratio ?? null,
      })),
    })),
    incidents: incidents.map(({ name, began, ended }) => ({
      name,
      began: new Date(began).toISOString(),
      ended: ended === null ? null : new Date(ended).toISOString(),
    })),
  };
}
