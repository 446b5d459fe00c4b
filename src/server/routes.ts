import type { ClusterLog } from "../core/cluster/status.ts";
import type { NotificationLog } from "../core/notify/status.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Archive } from "../fleet/past/archive.ts";
import type { IncidentLog } from "../fleet/past/incident_log.ts";
import type { MaintenanceLog } from "../fleet/past/maintenance_log.ts";
import { badgeRoutes } from "./badges/routes.ts";
import { checkRoute } from "./check/route.ts";
import { clusterRoutes } from "./cluster/routes.ts";
import { eventsRoute } from "./events/route.ts";
import { httpStatusOf, toHealth } from "./health.ts";
import { maintenanceRoutes } from "./maintenance/routes.ts";
import { historyRoute } from "./history/route.ts";
import { incidentRoutes } from "./incidents/route.ts";
import type { ConfigLoad } from "./metrics/metrics.ts";
import { metricsRoute } from "./metrics/route.ts";
import { notificationRoutes } from "./notifications/routes.ts";
import { openApi } from "./openapi/openapi.ts";
import { answer, many, parameter } from "./openapi/operation.ts";
import { refTo } from "./openapi/parts.ts";
import { pageRoute } from "./page/route.ts";
import { View } from "./page/view.ts";
import { pingRoutes } from "./ping/routes.ts";
import { type PublicOptions, publicRoutes } from "./public/routes.ts";
import { readiness } from "./readiness.ts";
import type { Route } from "./route.ts";
import type { Site } from "./site.ts";
import { toSnapshotJson } from "./snapshot_json.ts";

/** What the routes are made of. */
export interface RoutesContext {
  readonly fleet: Fleet;
  /** What the pages are called, and where they are. */
  readonly site: Site;
  /** The token that is needed, if any. */
  readonly token: string | undefined;
  /** How often a fleet without background attempts is tried for `/events`. */
  readonly onDemandMs: number | undefined;
  readonly configLoad: (() => ConfigLoad) | undefined;
  /** When others were last told that the agent works; `null` if they were not. */
  readonly lastAliveAt: (() => number | null) | undefined;
  /** What is kept of the past, if anything is. */
  readonly archive: Archive | undefined;
  /** The incidents, if they are looked for. */
  readonly incidents: IncidentLog | undefined;
  /** The maintenance, if requests may see and start it. */
  readonly maintenance: MaintenanceLog | undefined;
  /** How the notifiers do, if there are any. */
  readonly notifications: NotificationLog | undefined;
  /** What is known of other agents that share the checks, if there may be any. */
  readonly cluster: ClusterLog | undefined;
  /** A fleet whose attempts the metrics count as well, if there is one. */
  readonly beside: Fleet | undefined;
  /** Whether requests may start it without a token, which is needed otherwise. */
  readonly isLocal: boolean;
  /** The page for people who have no token, if there is one. */
  readonly publicPage: PublicOptions | undefined;
}

/** Every path that the app answers. */
export function routesOf(context: RoutesContext): readonly Route[] {
  const { fleet, token, onDemandMs, archive, notifications } = context;
  const view = new View(context);
  const routes: Route[] = [
    pageRoute(fleet, view, context),
    checksRoute(fleet),
    checkRoute(context),
    historyRoute(fleet, archive),
    ...incidentRoutes(context),
    eventsRoute(fleet, view, onDemandMs, context),
    healthRoute(context),
    ...readinessRoutes(fleet),
    metricsRoute(context),
    ...badgeRoutes(fleet, archive),
    ...pingRoutes(fleet, token),
    ...maintenanceRoutes(context),
    ...notificationRoutes(notifications),
    ...clusterRoutes(context),
  ];
  const { publicPage } = context;
  const all = publicPage === undefined ? routes : [
    ...routes,
    ...publicRoutes(publicPage, { ...context, view }, routes),
  ];
  return [...all, openApiRoute(context, all)];
}

function checksRoute(fleet: Fleet): Route {
  return {
    path: "/checks",
    operation: {
      path: "/checks",
      operationId: "listChecks",
      summary: "The snapshots of all checks",
      parameters: [
        many(parameter("query", "group", "Only the checks of these groups")),
      ],
      responses: {
        200: {
          description: "A snapshot of each check, in the order of the fleet",
          content: {
            "application/json": {
              schema: { type: "array", items: refTo("Snapshot") },
            },
          },
        },
      },
    },
    handle(c) {
      const groups = c.req.queries("group");
      const snapshots = fleet.list().filter(({ group }) =>
        groups?.includes(group ?? "") ?? true
      );
      return c.json(snapshots.map(toSnapshotJson));
    },
  };
}

function healthRoute({ fleet, site: { title } }: RoutesContext): Route {
  const type = "application/health+json";
  return {
    path: "/health",
    operation: {
      path: "/health",
      operationId: "getHealth",
      summary: "The health of all checks (draft-inadarei-api-health-check-06)",
      responses: {
        200: answer("No check is unhealthy", type, "Health"),
        503: answer("A check is unhealthy", type, "Health"),
      },
    },
    handle(c) {
      const health = toHealth({
        title,
        rollup: fleet.rollup(),
        snapshots: fleet.list(),
      });
      return c.body(JSON.stringify(health), httpStatusOf(health), {
        "content-type": type,
      });
    },
  };
}

function readinessRoutes(fleet: Fleet): readonly Route[] {
  return [
    {
      path: "/livez",
      operation: {
        path: "/livez",
        operationId: "getLiveness",
        summary: "Whether lifesign runs",
        responses: { 200: answer("It runs", "text/plain") },
      },
      isPublic: true,
      isStatic: true,
      handle: (c) => c.text("ok\n"),
    },
    {
      path: "/readyz",
      operation: {
        path: "/readyz",
        operationId: "getReadiness",
        summary: "Whether every check is healthy or degraded since the start",
        parameters: [{
          ...parameter("query", "verbose", "List the checks"),
          allowEmptyValue: true,
        }],
        responses: {
          200: answer("Every check is", "text/plain"),
          503: answer("A check is not", "text/plain"),
        },
      },
      handle(c) {
        const verbose = c.req.query("verbose") !== undefined;
        const { ready, text } = readiness(fleet.list(), verbose);
        return c.text(text, ready ? 200 : 503);
      },
    },
  ];
}

/** The description of all routes, itself included. */
function openApiRoute(
  { site: { title }, token }: RoutesContext,
  others: readonly Route[],
): Route {
  const route: Route = {
    path: "/openapi.json",
    operation: {
      path: "/openapi.json",
      operationId: "getOpenApi",
      summary: "This document",
      responses: {
        200: {
          description: "An OpenAPI 3.1 document",
          content: { "application/json": { schema: { type: "object" } } },
        },
      },
    },
    isStatic: true,
    handle: (c) =>
      c.json(openApi({
        title,
        isGuarded: token !== undefined,
        routes: [...others, route],
      })),
  };
  return route;
}
