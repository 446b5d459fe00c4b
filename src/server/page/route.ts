import { compress } from "hono/compress";
import type { Fleet } from "../../fleet/fleet.ts";
import type { ClusterLog } from "../../core/cluster/status.ts";
import type { NotificationLog } from "../../core/notify/status.ts";
import { wallTime } from "../../io/clock.ts";
import { IS_WORKERD } from "../../io/runtime.ts";
import { answer, parameter } from "../openapi/operation.ts";
import { baseOf } from "../look/base.ts";
import type { Route } from "../route.ts";
import { filterOf } from "./filter.ts";
import { page } from "./page.ts";
import type { View } from "./view.ts";

/** The status page. */
export function pageRoute(
  fleet: Fleet,
  view: View,
  { notifications, cluster }: {
    readonly notifications: NotificationLog | undefined;
    readonly cluster: ClusterLog | undefined;
  },
): Route {
  return {
    path: "/",
    operation: {
      path: "/",
      operationId: "getPage",
      summary: "The status page",
      parameters: [
        parameter("query", "group", "The only group to show"),
        parameter("query", "q", "Words that checks must have to be shown"),
        parameter("query", "status", "The only status to show"),
      ],
      responses: { 200: answer("An HTML page", "text/html") },
    },
    // workerd compresses by itself, and would do so again.
    ...(!IS_WORKERD && { middleware: compress() }),
    async handle(c) {
      await view.refresh();
      const group = c.req.query("group");
      const snapshots = fleet.list().filter((snapshot) =>
        group === undefined || (snapshot.group ?? "") === group
      );
      return c.html(page({
        site: view.site,
        hasDays: view.hasDays,
        group,
        filter: filterOf((name) => c.req.query(name)),
        checks: snapshots.map((snapshot) => view.contentOf(snapshot)),
        notifiers: notifications?.list(),
        cluster,
        links: baseOf(c.req.url, 0),
        nonce: c.get("secureHeadersNonce") ?? "",
        now: wallTime(),
      }));
    },
  };
}
