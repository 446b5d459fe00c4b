import type { Context } from "hono";
import type { Fleet } from "../../fleet/fleet.ts";
import { noSuchCheck } from "../no_check.ts";
import { answer, ID, NO_CHECK, parameter } from "../openapi/operation.ts";
import type { Env, Route } from "../route.ts";
import {
  type Badge,
  missingBadge,
  statusBadge,
  toEndpoint,
  toSvg,
  uptimeBadge,
} from "./badge.ts";

const LABEL = parameter("query", "label", "The label of the badge");
const SVG_RESPONSES = {
  200: answer("The badge", "image/svg+xml"),
  404: answer("A grey badge: there is no such check", "image/svg+xml"),
};

/** The badges of a fleet's checks. */
export function badgeRoutes(fleet: Fleet): readonly Route[] {
  return [
    {
      path: "/badge/:file{[^/]+\\.svg}",
      operation: {
        path: "/badge/{id}.svg",
        operationId: "getStatusBadge",
        summary: "A badge with the status of a check",
        parameters: [ID, LABEL],
        responses: SVG_RESPONSES,
      },
      isEmbeddable: true,
      handle(c) {
        const id = idOf(c, ".svg");
        const snapshot = fleet.get(id);
        const label = c.req.query("label") || id;
        return snapshot === undefined
          ? svg(c, missingBadge(label), 404)
          : svg(c, statusBadge(label, snapshot.status));
      },
    },
    {
      path: "/badge/:id/uptime.svg",
      operation: {
        path: "/badge/{id}/uptime.svg",
        operationId: "getUptimeBadge",
        summary:
          "A badge with the share of attempts that passed since the start",
        parameters: [ID, LABEL],
        responses: SVG_RESPONSES,
      },
      isEmbeddable: true,
      handle(c) {
        const id = c.req.param("id")!;
        const history = fleet.history(id);
        const label = c.req.query("label") || `${id} uptime`;
        return history === undefined
          ? svg(c, missingBadge(label), 404)
          : svg(c, uptimeBadge(label, history));
      },
    },
    {
      path: "/badge/:file{[^/]+\\.json}",
      operation: {
        path: "/badge/{id}.json",
        operationId: "getBadgeEndpoint",
        summary:
          "The status badge in the format of shields.io's endpoint badges",
        parameters: [ID, LABEL],
        responses: {
          200: answer("The badge", "application/json", "Badge"),
          404: NO_CHECK,
        },
      },
      isEmbeddable: true,
      handle(c) {
        const id = idOf(c, ".json");
        const snapshot = fleet.get(id);
        const label = c.req.query("label") || id;
        return snapshot === undefined
          ? c.json(noSuchCheck(id), 404)
          : c.json(toEndpoint(statusBadge(label, snapshot.status)));
      },
    },
  ];
}

/** The id in a file name. */
function idOf(c: Context<Env, string>, suffix: string): string {
  return c.req.param("file")!.slice(0, -suffix.length);
}

function svg(
  c: Context<Env, string>,
  badge: Badge,
  status: 200 | 404 = 200,
): Response {
  return c.body(toSvg(badge), status, { "content-type": "image/svg+xml" });
}
