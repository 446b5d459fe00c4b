import { compress } from "hono/compress";
import type { Incident } from "../../core/past/incident.ts";
import { lastingText } from "../../core/people/lasting.ts";
import type { ClusterLog } from "../../core/cluster/status.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { wallTime } from "../../io/clock.ts";
import { IS_WORKERD } from "../../io/runtime.ts";
import { linkTo } from "../link.ts";
import { baseOf } from "../look/base.ts";
import { minuteOf } from "../look/moment.ts";
import { wantsHtml } from "../look/wants_html.ts";
import { answer, many, PAGE_OR_JSON, parameter } from "../openapi/operation.ts";
import { refTo } from "../openapi/parts.ts";
import type { Route } from "../route.ts";
import { appUrlOf, type Site } from "../site.ts";
import { atom, FEED_TYPE, type FeedEntry } from "./atom.ts";
import { findIncidents, type IncidentSources } from "./find.ts";
import { toIncidentJson } from "./json.ts";
import { incidentsPage } from "./page.ts";
import { parseIncidentQuery } from "./query.ts";

/** What the routes of incidents are made of. */
type Content = IncidentSources & {
  readonly fleet: Fleet;
  readonly site: Site;
  readonly cluster: ClusterLog | undefined;
};

const PARAMETERS = [
  many(parameter("query", "check", "Only those of the checks with these ids")),
  many(parameter("query", "group", "Only those of the checks of these groups")),
  parameter(
    "query",
    "from",
    "Only those that lasted after this time, such as 2026-11-01T08:00:00Z, or a duration before now, such as -7d",
  ),
  parameter("query", "to", "Only those that began before this time, likewise"),
  {
    ...parameter("query", "limit", "The most incidents; 100 by default"),
    schema: { type: "integer", minimum: 1, maximum: 1000 },
  },
];

const WRONG = answer("A parameter is not valid", "application/json", "Error");

/** The incidents of all checks: a page, JSON, and a feed. */
export function incidentRoutes(content: Content): readonly Route[] {
  return [pageRoute(content), feedRoute(content)];
}

function pageRoute({ fleet, site, cluster, ...sources }: Content): Route {
  return {
    path: "/incidents",
    operation: {
      path: "/incidents",
      operationId: "listIncidents",
      summary: "The incidents of all checks, newest first, or a page of them",
      parameters: [
        ...PARAMETERS,
        PAGE_OR_JSON,
      ],
      responses: {
        200: {
          description: "The incidents, or the page",
          content: {
            "application/json": {
              schema: { type: "array", items: refTo("Incident") },
            },
            "text/html": { schema: { type: "string" } },
          },
        },
        400: WRONG,
      },
    },
    ...(!IS_WORKERD && { middleware: compress() }),
    async handle(c) {
      const now = wallTime();
      c.header("vary", "Accept");
      let query;
      try {
        query = parseIncidentQuery(c.req, fleet, now);
      } catch (error) {
        return c.json({ error: (error as Error).message }, 400);
      }
      if (!wantsHtml(c)) {
        const incidents = await findIncidents(sources, query);
        return c.json(incidents.map(toIncidentJson));
      }
      const { limit } = query;
      const found = await findIncidents(sources, {
        ...query,
        limit: limit + 1,
      });
      const incidents = firstPage(found, limit);
      return c.html(incidentsPage({
        incidents,
        older: incidents.length === found.length
          ? undefined
          : olderThan(incidents.at(-1)!, c.req.url),
        nameOf: (check) => fleet.get(check)?.name ?? check,
        site,
        hasCluster: cluster !== undefined,
        links: baseOf(c.req.url, 1),
        nonce: c.get("secureHeadersNonce") ?? "",
        now,
      }));
    },
  };
}

/**
 * At most so many incidents. The next page has those that began before, so that one
 * does not end between those that began together, unless these are too many.
 */
function firstPage(
  found: readonly Incident[],
  limit: number,
): readonly Incident[] {
  const next = found[limit];
  if (next === undefined) return found;
  const before = found.filter(({ began }) => began > next.began);
  return before.length > 0 ? before : found.slice(0, limit);
}

/** The query of the page with incidents that began before one. */
function olderThan({ began }: Incident, url: string): string {
  const { searchParams } = new URL(url);
  searchParams.set("to", new Date(began).toISOString());
  return `?${searchParams}`;
}

function feedRoute({ fleet, site, cluster: _, ...sources }: Content): Route {
  return {
    path: "/incidents.atom",
    operation: {
      path: "/incidents.atom",
      operationId: "getIncidentFeed",
      summary: "The incidents of all checks as an Atom feed",
      parameters: PARAMETERS,
      responses: {
        200: answer("The feed", "application/atom+xml"),
        400: WRONG,
      },
    },
    ...(!IS_WORKERD && { middleware: compress() }),
    async handle(c) {
      let query;
      try {
        query = parseIncidentQuery(c.req, fleet, wallTime());
      } catch (error) {
        return c.json({ error: (error as Error).message }, 400);
      }
      const url = appUrlOf(site, c.req.url, 1);
      const nameOf = (check: string): string => fleet.get(check)?.name ?? check;
      const incidents = await findIncidents(sources, query);
      const feed = atom({
        title: `${site.title}: incidents`,
        self: `${url}incidents.atom${new URL(c.req.url).search}`,
        alternate: `${url}incidents`,
        entries: incidents.map((incident) =>
          entryOf(incident, nameOf, url, site.zone)
        ),
      });
      return c.body(feed, 200, { "content-type": FEED_TYPE });
    },
  };
}

function entryOf(
  incident: Incident,
  nameOf: (check: string) => string,
  url: string,
  zone: string,
): FeedEntry {
  const { id, check, began, ended, firstReason, lastReason, muted } = incident;
  const name = nameOf(check);
  const times = ended === null
    ? `Since ${minuteOf(began, zone)} (${zone}).`
    : `From ${minuteOf(began, zone)} to ${minuteOf(ended, zone)} (${zone}).`;
  const cause = muted?.by === "dependency"
    ? `Because of ${nameOf(muted.check)}.`
    : muted?.by === "maintenance"
    ? "In maintenance."
    : "";
  const last = lastReason.message === firstReason.message
    ? ""
    : `At last: ${lastReason.message}.`;
  return {
    id: `${url}incidents#${id}`,
    title: ended === null
      ? `${name} is down`
      : `${name} was down for ${lastingText(ended - began)}`,
    content: [`${firstReason.message}.`, last, times, cause].filter(Boolean)
      .join(" "),
    link: `${url}${linkTo(check)}`,
    published: began,
    updated: ended ?? began,
  };
}
