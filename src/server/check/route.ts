import { compress } from "hono/compress";
import type { ClusterLog } from "../../core/cluster/status.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { wallTime } from "../../io/clock.ts";
import { IS_WORKERD } from "../../io/runtime.ts";
import type { IncidentSources } from "../incidents/find.ts";
import { baseOf } from "../look/base.ts";
import { nothingPage } from "../look/nothing.ts";
import { wantsHtml } from "../look/wants_html.ts";
import { noSuchCheck } from "../no_check.ts";
import { ID, PAGE_OR_JSON, parameter } from "../openapi/operation.ts";
import { refTo } from "../openapi/parts.ts";
import type { Route } from "../route.ts";
import type { Site } from "../site.ts";
import { toSnapshotJson } from "../snapshot_json.ts";
import { checkPage } from "./page.ts";
import { hasPast, KeptPast, pastOf } from "./past.ts";
import { CHART_RANGES } from "./points.ts";

/** A check: its snapshot, or a page for people. */
export function checkRoute(
  { fleet, site, cluster, ...sources }: IncidentSources & {
    readonly fleet: Fleet;
    readonly site: Site;
    readonly cluster: ClusterLog | undefined;
  },
): Route {
  const { archive } = sources;
  const kept = archive && new KeptPast(archive);
  const both = (schema: string) => ({
    "application/json": { schema: refTo(schema) },
    "text/html": { schema: { type: "string" } },
  });
  return {
    path: "/checks/:id",
    operation: {
      path: "/checks/{id}",
      operationId: "getCheck",
      summary: "The snapshot of a check, or a page about it and its past",
      description:
        "The page also tells of a check that was removed, as long as its past is kept.",
      parameters: [
        ID,
        {
          ...parameter("query", "range", "The range of the page's chart"),
          schema: { enum: CHART_RANGES.map(({ name }) => name) },
        },
        PAGE_OR_JSON,
      ],
      responses: {
        200: {
          description: "The snapshot, or the page",
          content: both("Snapshot"),
        },
        404: {
          description: "There is no such check",
          content: both("Error"),
        },
      },
    },
    ...(!IS_WORKERD && { middleware: compress() }),
    async handle(c) {
      const id = c.req.param("id")!;
      const snapshot = fleet.get(id);
      c.header("vary", "Accept");
      if (!wantsHtml(c)) {
        return snapshot === undefined
          ? c.json(noSuchCheck(id), 404)
          : c.json(toSnapshotJson(snapshot));
      }
      const now = wallTime();
      const asked = c.req.query("range");
      const range = CHART_RANGES.find(({ name }) => name === asked) ??
        CHART_RANGES[0];
      const past = await pastOf(id, kept, { fleet, ...sources, range, now });
      const about = {
        site,
        links: baseOf(c.req.url, 2),
        nonce: c.get("secureHeadersNonce") ?? "",
        now,
      };
      if (snapshot === undefined && !hasPast(past)) {
        return c.html(
          nothingPage({ ...about, message: noSuchCheck(id).error }),
          404,
        );
      }
      return c.html(checkPage({
        ...about,
        id,
        snapshot,
        isInMaintenance: sources.incidents?.isInMaintenance(id) ?? false,
        past,
        regions: cluster?.regionsOf(id) ?? [],
        hasCluster: cluster !== undefined,
        nameOf: (check) => fleet.get(check)?.name ?? check,
      }));
    },
  };
}
