import type { ClusterLog } from "../../core/cluster/status.ts";
import type { NotificationLog } from "../../core/notify/status.ts";
import type { Snapshot } from "../../core/types.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { clusterNotice } from "../cluster/lines.ts";
import { noSuchCheck } from "../no_check.ts";
import { notifierTroubles } from "../notifications/trouble.ts";
import { answer, many, NO_CHECK, parameter } from "../openapi/operation.ts";
import { row } from "../page/row.ts";
import type { View } from "../page/view.ts";
import type { Route } from "../route.ts";
import { toSnapshotJson } from "../snapshot_json.ts";
import { Broadcast } from "./broadcast.ts";

/** Server-sent events: snapshots, or rows of the status page. */
export function eventsRoute(
  fleet: Fleet,
  view: View,
  onDemandMs: number | undefined,
  { notifications, cluster }: {
    readonly notifications: NotificationLog | undefined;
    readonly cluster: ClusterLog | undefined;
  },
): Route {
  const options = {
    event: "snapshot",
    toData: (snapshot: Snapshot) => JSON.stringify(toSnapshotJson(snapshot)),
    onDemandMs,
  };
  const snapshots = new Broadcast(fleet, options);
  const beating = new Broadcast(fleet, { ...options, beat: "beat" });
  const rows = new Broadcast(fleet, {
    event: "row",
    beat: "beat",
    toBeatData: () =>
      JSON.stringify(notifierTroubles(notifications?.list() ?? [])),
    toData: (snapshot) => row({ ...view.contentOf(snapshot), base: "" }),
    notice: cluster && clusterNotice(cluster),
    onDemandMs,
  });
  return {
    path: "/events",
    operation: {
      path: "/events",
      operationId: "watchChecks",
      summary: "The snapshots of all checks, and every change",
      description:
        "Server-sent events. The data of a `snapshot` event is a Snapshot as " +
        "JSON: first one event for every check, then one for every change. A " +
        "`removed` event has the `id` of a check that is gone. An `arranged` " +
        "event says that the order or the groups of the checks changed.",
      parameters: [
        many(parameter("query", "check", "Only the checks with these ids")),
        many(parameter("query", "group", "Only the checks of these groups")),
        {
          ...parameter(
            "query",
            "beat",
            "Send a `beat` event while nothing changes, every 15 s, for scripts of a browser: they cannot see the comment that is sent otherwise",
          ),
          allowEmptyValue: true,
        },
      ],
      responses: {
        200: answer("A stream that does not end", "text/event-stream"),
        404: NO_CHECK,
      },
    },
    async handle(c) {
      const ids = c.req.queries("check");
      const groups = c.req.queries("group");
      const unknown = ids?.find((id) => fleet.get(id) === undefined);
      if (unknown !== undefined) return c.json(noSuchCheck(unknown), 404);
      const wants = ids === undefined && groups === undefined
        ? null
        : ({ id, group }: Pick<Snapshot, "id" | "group">) =>
          (ids?.includes(id) ?? true) &&
          (groups?.includes(group ?? "") ?? true);
      const isOfRows = c.req.query("rows") !== undefined;
      if (isOfRows) await view.refresh();
      const broadcast = isOfRows
        ? rows
        : c.req.query("beat") === undefined
        ? snapshots
        : beating;
      return c.body(broadcast.stream(wants), 200, {
        "content-type": "text/event-stream",
        // Keeps proxies from buffering events.
        "x-accel-buffering": "no",
      });
    },
  };
}
