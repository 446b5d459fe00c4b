import { type Context, Hono } from "hono";
import type { Fleet } from "../../fleet/fleet.ts";
import {
  type Badge,
  missingBadge,
  statusBadge,
  toEndpoint,
  toSvg,
  uptimeBadge,
} from "./badge.ts";
import { noSuchCheck } from "../no_check.ts";

const SVG = "/:file{[^/]+\\.svg}";
const JSON_ENDPOINT = "/:file{[^/]+\\.json}";
const UPTIME = "/:id/uptime.svg";

/** Everything that {@linkcode badges} answers. */
export const BADGE_PATHS: readonly string[] = [SVG, JSON_ENDPOINT, UPTIME];

/** Makes an app of the badges of a fleet's checks. */
export function badges(fleet: Fleet): Hono {
  const app = new Hono();
  app.get(SVG, (c) => {
    const id = c.req.param("file").slice(0, -".svg".length);
    const snapshot = fleet.get(id);
    const label = c.req.query("label") || id;
    return snapshot === undefined
      ? svg(c, missingBadge(label), 404)
      : svg(c, statusBadge(label, snapshot.status));
  });
  app.get(JSON_ENDPOINT, (c) => {
    const id = c.req.param("file").slice(0, -".json".length);
    const snapshot = fleet.get(id);
    const label = c.req.query("label") || id;
    return snapshot === undefined
      ? c.json(noSuchCheck(id), 404)
      : c.json(toEndpoint(statusBadge(label, snapshot.status)));
  });
  app.get(UPTIME, (c) => {
    const id = c.req.param("id");
    const history = fleet.history(id);
    const label = c.req.query("label") || `${id} uptime`;
    return history === undefined
      ? svg(c, missingBadge(label), 404)
      : svg(c, uptimeBadge(label, history));
  });
  return app;
}

function svg(c: Context, badge: Badge, status: 200 | 404 = 200): Response {
  return c.body(toSvg(badge), status, { "content-type": "image/svg+xml" });
}
