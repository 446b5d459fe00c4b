import type { Context } from "hono";
import type { Fleet } from "../../fleet/fleet.ts";
import type { History } from "../../fleet/history.ts";
import type { Archive } from "../../fleet/past/archive.ts";
import {
  uptimesIn,
  type UptimeWindow,
  WINDOW_MS,
} from "../../fleet/past/windows.ts";
import { wallTime } from "../../io/clock.ts";
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

const WINDOWS = Object.keys(WINDOW_MS) as UptimeWindow[];

/** The window of the badge that names none. */
const DEFAULT_WINDOW = "30d";

/** The badges of a fleet's checks. */
export function badgeRoutes(
  fleet: Fleet,
  archive: Archive | undefined,
): readonly Route[] {
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
        summary: "A badge with the uptime of a check",
        description:
          `It is that of the last ${DEFAULT_WINDOW}, or without a history the share of attempts that passed since the start.`,
        parameters: [ID, LABEL],
        responses: SVG_RESPONSES,
      },
      isEmbeddable: true,
      async handle(c) {
        const id = c.req.param("id")!;
        const history = fleet.history(id);
        const label = c.req.query("label") || `${id} uptime`;
        if (history === undefined) return svg(c, missingBadge(label), 404);
        const uptime = archive === undefined
          ? shareOf(history)
          : await uptimeIn(archive, id, DEFAULT_WINDOW);
        return svg(c, uptimeBadge(label, uptime));
      },
    },
    {
      path: `/badge/:id/uptime/:window{(?:${WINDOWS.join("|")})\\.svg}`,
      operation: {
        path: "/badge/{id}/uptime/{window}.svg",
        operationId: "getUptimeBadgeOfWindow",
        summary: "A badge with the uptime of a check in a window up to now",
        parameters: [
          ID,
          {
            ...parameter("path", "window", "How long the window is"),
            schema: { enum: WINDOWS },
          },
          LABEL,
        ],
        responses: {
          ...SVG_RESPONSES,
          404: answer(
            "A grey badge: there is no such check, or no history is kept",
            "image/svg+xml",
          ),
        },
      },
      isEmbeddable: true,
      async handle(c) {
        const id = c.req.param("id")!;
        const window = c.req.param("window")!.replace(
          ".svg",
          "",
        ) as UptimeWindow;
        const label = c.req.query("label") || `${id} uptime ${window}`;
        if (fleet.get(id) === undefined) {
          return svg(c, missingBadge(label), 404);
        }
        if (archive === undefined) {
          return svg(c, missingBadge(label, "no history"), 404);
        }
        const uptime = await uptimeIn(archive, id, window);
        return svg(c, uptimeBadge(label, uptime));
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

/** How much of the attempts passed, if there were any. */
function shareOf({ passed, failed }: History): number | null {
  return passed + failed === 0 ? null : passed / (passed + failed);
}

/** The uptime of a check; `null` also if the history cannot be read now. */
async function uptimeIn(
  archive: Archive,
  id: string,
  window: UptimeWindow,
): Promise<number | null> {
  try {
    const uptimes = await uptimesIn(archive, [id], window, wallTime());
    return uptimes.get(id)!.ratio;
  } catch {
    return null;
  }
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
