import { compress } from "hono/compress";
import type { ClusterLog } from "../../core/cluster/status.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { wallTime } from "../../io/clock.ts";
import { IS_WORKERD } from "../../io/runtime.ts";
import { baseOf } from "../look/base.ts";
import { wantsHtml } from "../look/wants_html.ts";
import { PAGE_OR_JSON } from "../openapi/operation.ts";
import { refTo } from "../openapi/parts.ts";
import type { Route } from "../route.ts";
import type { Site } from "../site.ts";
import { toClusterJson } from "./json.ts";
import { clusterPage } from "./page.ts";

/** The path that shows the agents that share the checks, if there may be any. */
export function clusterRoutes({ fleet, site, cluster }: {
  readonly fleet: Fleet;
  readonly site: Site;
  readonly cluster: ClusterLog | undefined;
}): readonly Route[] {
  if (cluster === undefined) return [];
  return [{
    path: "/cluster",
    operation: {
      path: "/cluster",
      operationId: "getCluster",
      summary: "The agents that share the checks, as this one sees them",
      parameters: [PAGE_OR_JSON],
      responses: {
        200: {
          description: "The cluster, or a page about it",
          content: {
            "application/json": { schema: refTo("Cluster") },
            "text/html": { schema: { type: "string" } },
          },
        },
      },
    },
    isStatic: true,
    ...(!IS_WORKERD && { middleware: compress() }),
    handle(c) {
      c.header("vary", "Accept");
      if (!wantsHtml(c)) return c.json(toClusterJson(cluster));
      return c.html(clusterPage({
        cluster,
        nameOf: (check) => fleet.get(check)?.name ?? check,
        site,
        links: baseOf(c.req.url, 1),
        nonce: c.get("secureHeadersNonce") ?? "",
        now: wallTime(),
      }));
    },
  }];
}
