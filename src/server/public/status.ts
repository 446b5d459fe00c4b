import type { Incident } from "../../core/past/incident.ts";
import { noCounts, type Rollup, rollup } from "../../core/rollup.ts";
import type { Snapshot, Status } from "../../core/types.ts";
import type { DrawnDays } from "../past/kept_days.ts";
import type { View } from "../page/view.ts";
import { grouped } from "../look/grouped.ts";

/** A check, as far as the public may know it. */
export interface PublicCheck {
  readonly name: string;
  readonly status: Status;
  readonly isInMaintenance: boolean;
  readonly days: DrawnDays | undefined;
}

/** The checks of a group, likewise. */
export interface PublicGroup {
  /** `null` for checks without a group. */
  readonly name: string | null;
  readonly checks: readonly PublicCheck[];
}

/** An incident, likewise. */
export interface PublicIncident {
  /** Made of nothing but what is shown of it. */
  readonly id: string;
  /** The name of the check. */
  readonly name: string;
  readonly began: number;
  /** `null` while it lasts. */
  readonly ended: number | null;
}

/** All that the public may know. */
export interface PublicStatus {
  /** The worst status of what is not in maintenance. */
  readonly rollup: Rollup;
  readonly maintenance: number;
  readonly groups: readonly PublicGroup[];
  /** Newest first. */
  readonly incidents: readonly PublicIncident[];
}

/** Whether the public may know of a check. */
export function isShown(
  { group }: Pick<Snapshot, "group">,
  groups: readonly string[] | undefined,
): boolean {
  return groups === undefined || (group !== null && groups.includes(group));
}

/** Takes what the public may know out of what is known of these checks. */
export function publicStatus(
  snapshots: readonly Snapshot[],
  incidents: readonly Incident[],
  view: Pick<View, "contentOf">,
): PublicStatus {
  const counts = noCounts();
  let maintenance = 0;
  const checks = snapshots.map((snapshot) => {
    const { isInMaintenance = false, days } = view.contentOf(snapshot);
    if (isInMaintenance) maintenance++;
    else counts[snapshot.status]++;
    return {
      group: snapshot.group,
      name: nameOf(snapshot),
      status: snapshot.status,
      isInMaintenance,
      days,
    };
  });
  return {
    rollup: maintenance > 0 && maintenance === checks.length
      ? { status: "healthy", counts }
      : rollup(counts),
    maintenance,
    groups: Array.from(
      grouped(checks, ({ group }) => group),
      ([name, members]) => ({
        name,
        checks: members.map(({ group: _, ...check }) => check),
      }),
    ),
    incidents: publicIncidents(snapshots, incidents),
  };
}

function nameOf({ id, name }: Snapshot): string {
  return name ?? id;
}

/** The incidents of checks, but for those that were planned. */
function publicIncidents(
  snapshots: readonly Snapshot[],
  incidents: readonly Incident[],
): PublicIncident[] {
  const names = new Map(
    snapshots.map((snapshot) => [snapshot.id, nameOf(snapshot)] as const),
  );
  const shown = incidents.flatMap(({ check, began, ended, muted }) => {
    const name = names.get(check);
    return name === undefined || muted?.by === "maintenance"
      ? []
      : [{ name, began, ended }];
  }).sort((a, b) => b.began - a.began || (a.name < b.name ? -1 : 1));
  return shown.map((incident, i) => {
    const { began } = incident;
    const nth = shown.slice(0, i).filter((other) => other.began === began)
      .length;
    return { id: `${began.toString(36)}-${nth + 1}`, ...incident };
  });
}
