import type { ClusterLog } from "../../core/cluster/status.ts";
import type { Snapshot } from "../../core/types.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { patience } from "../../io/sleep.ts";
import { wallTime } from "../../io/clock.ts";
import { lookedFrom } from "../cluster/looked.ts";
import type { IncidentSources } from "../incidents/find.ts";
import { type KeptDays, keptDaysOf } from "../past/kept_days.ts";
import type { Site } from "../site.ts";
import type { RowContent } from "./row.ts";

/** How long a page waits for its days; it has them the next time. */
const PATIENCE_MS = 3000;

/** What the rows of all checks are made of, on the page and in events. */
export class View {
  readonly site: Site;
  readonly #fleet: Fleet;
  readonly #incidents: IncidentSources["incidents"];
  readonly #days: KeptDays | undefined;

  readonly #cluster: ClusterLog | undefined;

  constructor({ fleet, site, archive, incidents, cluster }: IncidentSources & {
    readonly fleet: Fleet;
    readonly site: Site;
    readonly cluster: ClusterLog | undefined;
  }) {
    this.site = site;
    this.#fleet = fleet;
    this.#incidents = incidents;
    this.#cluster = cluster;
    this.#days = archive && keptDaysOf(archive, site.zone);
  }

  /** Whether there is a past beyond the last attempts. */
  get hasDays(): boolean {
    return this.#days !== undefined;
  }

  /**
   * Reads the past of all checks, if that is due. Where it cannot be read, which
   * the archive says itself, rows have what was read last.
   */
  async refresh(): Promise<void> {
    const reading = this.#days?.refresh(this.#fleet.ids(), wallTime());
    if (reading !== undefined) await patience(reading, PATIENCE_MS);
  }

  /** What the row of a check is made of. */
  contentOf(snapshot: Snapshot): Omit<RowContent, "base" | "isHidden"> {
    const { id } = snapshot;
    if (this.#days?.isDue(wallTime())) void this.refresh();
    return {
      snapshot,
      history: this.#fleet.history(id),
      days: this.#days?.get(id),
      isInMaintenance: this.#incidents?.isInMaintenance(id) ?? false,
      cause: this.#causeOf(id),
      looked: lookedFrom(snapshot, this.#cluster),
      zone: this.site.zone,
      now: wallTime(),
    };
  }

  /** What the check is called because of which this one is down. */
  #causeOf(id: string): string | undefined {
    const muted = this.#incidents?.openOf(id)?.muted;
    if (muted?.by !== "dependency") return undefined;
    return this.#fleet.get(muted.check)?.name ?? muted.check;
  }
}
