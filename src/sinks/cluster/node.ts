import { patience } from "../../io/sleep.ts";
import type { RunningSection, SectionContext } from "../section.ts";
import { Cluster } from "./cluster.ts";
import { openKept } from "./kept/open.ts";
import { openLink } from "./nats_link.ts";
import { SharedMaintenance } from "./shared/maintenance.ts";
import type { ClusterSetup, ClusterValue } from "./value.ts";

/** How long the start waits for a connection, and then for what others know. */
const START_MS = 3_000;

/** Joins a cluster. It does not need a server for that: one may come later. */
export async function startNode(
  setup: ClusterSetup,
  { fleet, limits, maintenance, plan, say, onError }: SectionContext,
): Promise<RunningSection<ClusterValue>> {
  const { servers, name, id, replicas, login, tls, redact } = setup;
  const link = await openLink({
    servers,
    name,
    replicas,
    client: `lifesign ${id}`,
    ...(login !== null && { auth: login }),
    ...(tls !== null && { tls }),
  }, (message, level) => say(redact(message), level));
  const cluster = new Cluster({
    link,
    identity: setup,
    fleet,
    limits,
    say,
    plan: plan(),
    onError,
  });
  const kept = openKept(link.connection, {
    revision: () => cluster.revision,
    tells: () => cluster.tells(),
  }, {
    warn: (message) => say(`cluster: ${message}`, "warn"),
    onError,
  });
  const shared = new SharedMaintenance(link, maintenance);
  await patience(link.connected, START_MS);
  if (link.isConnected) {
    const reading = cluster.read().catch(onError);
    await patience(Promise.all([reading, shared.listed]), START_MS);
  }
  return {
    records: cluster.records,
    cluster: cluster.log,
    beside: cluster.beside,
    telling: cluster,
    kept,
    wrap: (check) => cluster.wrap(check),
    begin: () => cluster.begin(),
    reload(_value, _config, plan) {
      cluster.reload(plan());
      return [];
    },
    async close() {
      shared[Symbol.dispose]();
      await kept.close();
      await cluster.close();
      await link.close();
    },
  };
}
