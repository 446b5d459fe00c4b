import { compress } from "hono/compress";
import type { Fleet } from "../../fleet/fleet.ts";
import { wallTime } from "../../io/clock.ts";
import { IS_WORKERD } from "../../io/runtime.ts";
import { answer, parameter } from "../openapi/operation.ts";
import type { Route } from "../route.ts";
import type { Site } from "../site.ts";
import { filterOf } from "./filter.ts";
import { page } from "./page.ts";

/** The status page. */
export function pageRoute(fleet: Fleet, site: Site): Route {
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
    handle(c) {
      const group = c.req.query("group");
      const snapshots = fleet.list().filter((snapshot) =>
        group === undefined || (snapshot.group ?? "") === group
      );
      return c.html(page({
        site,
        group,
        filter: filterOf((name) => c.req.query(name)),
        checks: snapshots.map((snapshot) => ({
          snapshot,
          history: fleet.history(snapshot.id),
        })),
        base: baseOf(c.req.url),
        nonce: c.get("secureHeadersNonce") ?? "",
        now: wallTime(),
      }));
    },
  };
}

/** The prefix of the links on a page, wherever the app is mounted. */
function baseOf(url: string): string {
  // Hono's path may lack the trailing slash that a browser resolves links by.
  const { pathname } = new URL(url);
  // Without the dot, a colon in the path would look like a URL's scheme.
  return pathname.endsWith("/")
    ? ""
    : `./${pathname.slice(pathname.lastIndexOf("/") + 1)}/`;
}
