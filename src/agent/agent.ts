import type { Config } from "../config/config.ts";
import type { ClusterLog } from "../core/cluster/status.ts";
import { planOf } from "../config/cluster/plan.ts";
import { Fleet } from "../fleet/fleet.ts";
import type { FleetOptions } from "../fleet/fleet_options.ts";
import type { Relations } from "../fleet/past/causes.ts";
import type { IncidentLog } from "../fleet/past/incident_log.ts";
import type { MaintenanceLog } from "../fleet/past/maintenance_log.ts";
import { Incidents } from "../fleet/past/incidents.ts";
import { wallTime } from "../io/clock.ts";
import type { ConfigLoad } from "../server/metrics/metrics.ts";
import { AppliedChecks } from "./applied_checks.ts";
import { orphanWarning } from "./orphans.ts";
import type { Reloaded } from "./reloaded.ts";
import { isNew, RunningSections } from "./running_sections.ts";
import { SECTIONS } from "./sections.ts";

/** A config's fleet, its sinks and its HTTP app, running. */
export interface Agent extends AsyncDisposable {
  /** The fleet of the config's checks. */
  readonly fleet: Fleet;
  /** The incidents of the checks. */
  readonly incidents: IncidentLog;
  /** The maintenance of the checks. */
  readonly maintenance: MaintenanceLog;
  /** What is known of other agents that share the checks, if there may be any. */
  readonly cluster: ClusterLog | undefined;
  /** The URL of the HTTP app, or `null` if the config has `listen: false`. */
  readonly url: string | null;
  /**
   * Takes over another config. Checks that are the same in both go on as if
   * nothing had happened; those that changed start or go on as
   * `Fleet.replace()` says. Resolves when the attempts of removed checks have
   * ended. Rejects if a check cannot be added; all other changes are applied, and
   * another reload tries again.
   */
  reload(config: Config): Promise<Reloaded>;
  /** Notes, for the metrics, that another config could not be loaded. */
  reloadFailed(): void;
  /** Ends the agent: its fleet, then its sinks. Idempotent. */
  close(): Promise<void>;
}

/** Options for {@linkcode startAgent}. */
export interface AgentOptions
  extends Pick<FleetOptions, "onChange" | "onError"> {
  /**
   * Called with what the user should know, such as that the history cannot be
   * written, and how important it is: `"info"` if there is no level. By default
   * nobody is told.
   */
  readonly onMessage?: (
    message: string,
    level?: "info" | "warn" | "error",
  ) => void;
}

/** The limits of a fleet, which cannot change, by their keys in a file. */
const LIMITS = [
  ["concurrency", "concurrency"],
  ["per_host", "perHost"],
] as const;

/**
 * Starts an agent: the fleet of a config, its sinks and its HTTP app.
 *
 * Rejects with a `ListenError` if the HTTP app cannot listen on its address,
 * and with a `ConfigError` if `LIFESIGN_TOKEN` is not a bearer token.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseConfig } from "@lifesign/lifesign/config";
 * import { startAgent } from "@lifesign/lifesign/agent";
 *
 * using listener = Deno.listen({ port: 0 });
 * const { port } = listener.addr as Deno.NetAddr;
 * const config = parseConfig(`
 * listen: false
 * checks:
 *   db: { type: tcp, port: ${port} }
 * `);
 *
 * await using agent = await startAgent(config);
 * const [db] = await agent.fleet.until("healthy");
 * assertEquals(db?.id, "db");
 * ```
 */
export async function startAgent(
  config: Config,
  { onMessage = () => {}, ...options }: AgentOptions = {},
): Promise<Agent> {
  const { concurrency, perHost } = config;
  const { onError = reportError } = options;
  const fleet = new Fleet({ ...options, concurrency, perHost });
  const incidents = new Incidents(fleet, onError);
  const { maintenance } = incidents;
  const sections = new RunningSections();
  const checks = new AppliedChecks(fleet, (check) => sections.wrap(check));
  let loaded: ConfigLoad = {
    successful: true,
    succeededAt: new Date(wallTime()),
  };
  let isWarned = false;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    closing ??= Promise.all([fleet.close(), sections.close()]).then(() => {});

  try {
    await sections.start(SECTIONS, {
      fleet,
      incidents,
      maintenance,
      timeZone: config.timezone,
      siteUrl: config.url,
      config,
      archive: () => sections.archive,
      kept: () => sections.kept,
      cluster: () => sections.cluster,
      beside: () => sections.beside,
      telling: () => sections.telling,
      plan: () => planOf(config),
      limits: { concurrency, perHost },
      notifications: () => sections.notifications,
      lastAliveAt: () => sections.lastAliveAt,
      configLoad: () => loaded,
      say: onMessage,
      onError,
    });
    depend(config.checks);
    incidents.resume(sections.incidents);
    maintenance.take(sections.maintenance);
    for (const check of config.checks) {
      checks.add(check, sections.recordOf(check.id));
    }
    incidents.settle();
    warnOfOrphans();
    sections.begin();
  } catch (error) {
    await close();
    throw error;
  }

  function depend(checks: Config["checks"]): void {
    incidents.depend(
      relations(checks, "dependsOn"),
      relations(checks, "references"),
    );
  }

  function warnOfOrphans(): void {
    const warning = isWarned ? undefined : orphanWarning(checks.specs());
    if (warning === undefined) return;
    isWarned = true;
    onMessage(warning, "warn");
  }

  let current = config;
  return {
    fleet,
    incidents,
    maintenance,
    cluster: sections.cluster,
    url: sections.url,
    async reload(next) {
      const before = current;
      // What mutes an incident does so until its check is removed.
      const ids = new Set(next.checks.map(({ id }) => id));
      const removed = before.checks.filter(({ id }) => !ids.has(id));
      depend([...removed, ...next.checks]);
      const [applied, notes] = maintenance.together(() => [
        checks.apply(next.checks),
        sections.reload(next),
      ]);
      warnOfOrphans();
      const changes = await applied;
      current = next;
      loaded = { successful: true, succeededAt: new Date(wallTime()) };
      const needRestart = sections.needRestart(before, next);
      for (const [key, name] of LIMITS) {
        if (isNew(before[name], next[name], config[name])) {
          needRestart.push(key);
        }
      }
      // All but the days of what is kept go by it at once.
      const isKept = sections.archive !== undefined;
      if (isKept && isNew(before.timezone, next.timezone, config.timezone)) {
        needRestart.push("timezone");
      }
      return { ...changes, notes, needRestart };
    },
    reloadFailed() {
      loaded = { ...loaded, successful: false };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The lists of ids that some of the checks have. */
function relations(
  checks: Config["checks"],
  key: "dependsOn" | "references",
): Relations {
  return new Map(
    checks.flatMap(({ id, [key]: ids }) =>
      ids === undefined ? [] : [[id, ids]]
    ),
  );
}
