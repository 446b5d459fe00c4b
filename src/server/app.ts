import { type Context, Hono, type MiddlewareHandler, type Next } from "hono";
import { compress } from "hono/compress";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { type Duration, parseDuration } from "../core/duration.ts";
import { readOption } from "../core/option_error.ts";
import { checkToken } from "../core/token.ts";
import type { Snapshot } from "../core/types.ts";
import { wallTime } from "../io/clock.ts";
import { processFigures } from "../io/process_figures.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { BADGE_PATHS, badges } from "./badges/badges.ts";
import { Broadcast } from "./events/broadcast.ts";
import { guard } from "./guard.ts";
import { httpStatusOf, toHealth } from "./health.ts";
import { type ConfigLoad, metrics, METRICS_TYPE } from "./metrics.ts";
import { noSuchCheck } from "./no_check.ts";
import { openApi } from "./openapi/openapi.ts";
import { page } from "./page/page.ts";
import { row } from "./page/row.ts";
import { readiness } from "./readiness.ts";
import { toSnapshotJson } from "./snapshot_json.ts";

/** Options for {@linkcode createApp}. */
export interface AppOptions {
  /**
   * What the status page is called, and `/health` tells of.
   *
   * @default {"lifesign"}
   */
  title?: string;
  /**
   * The bearer token that everything but `/livez` then asks for. As the
   * password of any user it will do, too, for browsers.
   */
  token?: string;
  /**
   * Has a request first try every check whose last result is older than this,
   * for a fleet that does nothing in the background. While somebody follows
   * `/events`, they are tried as often as that, but once a second at most.
   */
  onDemand?: Duration;
  /**
   * Says how the config was last loaded, for whom there is one. It is asked
   * each time that `/metrics` is.
   */
  configLoad?: () => ConfigLoad;
}

/** The variables of a request. */
interface Env {
  Variables: { secureHeadersNonce?: string };
}

/** Everything that the app answers. */
const PATHS = [
  "/",
  "/checks",
  "/checks/:id",
  ...BADGE_PATHS.map((path) => `/badge${path}`),
  "/events",
  "/health",
  "/livez",
  "/metrics",
  "/readyz",
  "/openapi.json",
];

const POLICY: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: [NONCE],
    scriptSrc: [NONCE],
    connectSrc: ["'self'"],
    imgSrc: ["data:"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  // Over plain HTTP it means nothing, and TLS is not ours to promise.
  strictTransportSecurity: false,
};

const secured = secureHeaders(POLICY);

/** For what is to be shown on other sites' pages. */
const shared = secureHeaders({
  ...POLICY,
  crossOriginResourcePolicy: "cross-origin",
});

/** What is true now is not true for long. */
async function fresh(c: Context, next: Next): Promise<void> {
  await next();
  c.header("cache-control", "no-store");
}

/**
 * Tries what is older than `maxAge` before the answer is made. It does not ask
 * whether the client is still there, of which Deno would warn: what is tried
 * goes on for others, and has its deadline.
 */
function refresher(fleet: Fleet, maxAge: Duration): MiddlewareHandler<Env> {
  return async function refresh(_c, next) {
    try {
      await fleet.attemptAll({ maxAge });
    } catch {
      // The fleet is closed: what was known last is all there will be.
    }
    await next();
  };
}

/**
 * Makes an HTTP app that shows a fleet: the status page at `/`, and beneath it
 * `checks`, `health` and others, all of which `openapi.json` describes. It can
 * be mounted anywhere in an app of one's own.
 *
 * @throws {OptionError} If `onDemand` is not a duration, or `token` cannot be a
 * bearer token.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Fleet } from "@lifesign/lifesign";
 * import { createApp } from "@lifesign/lifesign/server";
 *
 * await using fleet = new Fleet();
 * const app = createApp(fleet);
 *
 * assertEquals((await app.request("/livez")).status, 200);
 * ```
 */
export function createApp(fleet: Fleet, options: AppOptions = {}): Hono {
  const { title = "lifesign", token, onDemand, configLoad } = options;
  if (token !== undefined) readOption("token", () => checkToken(token));
  const guards = token === undefined ? [] : [guard(token)];

  const onDemandMs = onDemand === undefined
    ? undefined
    : readOption("onDemand", () => parseDuration(onDemand));
  const states = new Broadcast(fleet, {
    event: "snapshot",
    toData: (snapshot) => JSON.stringify(toSnapshotJson(snapshot)),
    onDemandMs,
  });
  const rows = new Broadcast(fleet, {
    event: "row",
    toData: (snapshot) =>
      row({
        snapshot,
        history: fleet.history(snapshot.id),
        base: "",
        now: wallTime(),
      }),
    onDemandMs,
  });

  const app = new Hono<Env>();
  // Path by path, since the other ones belong to whom this is mounted by.
  for (const path of PATHS) {
    app.use(path, path.startsWith("/badge/") ? shared : secured, fresh);
  }
  app.get("/livez", (c) => c.text("ok\n"));
  for (const path of PATHS) {
    if (path === "/livez") continue;
    app.use(path, ...guards);
    if (onDemand !== undefined && path !== "/openapi.json") {
      app.get(path, refresher(fleet, onDemand));
    }
  }

  app.get("/", compress(), (c) => {
    const group = c.req.query("group");
    const snapshots = fleet.list().filter((snapshot) =>
      group === undefined || (snapshot.group ?? "") === group
    );
    return c.html(page({
      title,
      group,
      rollup: fleet.rollup(snapshots.map(({ id }) => id)),
      checks: snapshots.map((snapshot) => ({
        snapshot,
        history: fleet.history(snapshot.id),
      })),
      base: baseOf(c.req.url),
      nonce: c.get("secureHeadersNonce") ?? "",
      now: wallTime(),
    }));
  });
  app.get("/events", (c) => {
    const ids = c.req.queries("check");
    const groups = c.req.queries("group");
    const unknown = ids?.find((id) => fleet.get(id) === undefined);
    if (unknown !== undefined) return c.json(noSuchCheck(unknown), 404);
    const wants = ids === undefined && groups === undefined
      ? null
      : ({ id, group }: Pick<Snapshot, "id" | "group">) =>
        (ids?.includes(id) ?? true) &&
        (groups?.includes(group ?? "") ?? true);
    const broadcast = c.req.query("rows") === undefined ? states : rows;
    return c.body(broadcast.stream(wants), 200, {
      "content-type": "text/event-stream",
      // A proxy that waits for more would make it late.
      "x-accel-buffering": "no",
    });
  });
  app.get("/checks", (c) => c.json(fleet.list().map(toSnapshotJson)));
  app.get("/checks/:id", (c) => {
    const id = c.req.param("id");
    const snapshot = fleet.get(id);
    return snapshot === undefined
      ? c.json(noSuchCheck(id), 404)
      : c.json(snapshot);
  });
  app.route("/badge", badges(fleet));
  app.get("/health", (c) => {
    const health = toHealth({
      title,
      rollup: fleet.rollup(),
      snapshots: fleet.list(),
    });
    return c.body(JSON.stringify(health), httpStatusOf(health), {
      "content-type": "application/health+json",
    });
  });
  app.get("/metrics", (c) => {
    const text = metrics({
      snapshots: fleet.list(),
      metricsOf: (id) => fleet.probe(id)?.metrics,
      stats: fleet.stats(),
      process: processFigures(),
      configLoad: configLoad?.(),
    });
    return c.body(text, 200, { "content-type": METRICS_TYPE });
  });
  app.get("/readyz", (c) => {
    const verbose = c.req.query("verbose") !== undefined;
    const { ready, text } = readiness(fleet.list(), verbose);
    return c.text(text, ready ? 200 : 503);
  });
  app.get(
    "/openapi.json",
    (c) => c.json(openApi({ title, guarded: token !== undefined })),
  );

  for (const path of PATHS) {
    app.all(path, (c) => {
      c.header("allow", "GET, HEAD");
      return c.json(
        { error: `Expected GET or HEAD, got ${c.req.method}` },
        405,
      );
    });
  }
  const nowhere = new Hono<Env>().use(secured, fresh, ...guards).all(
    "*",
    (c) => c.json({ error: `There is nothing at ${c.req.path}` }, 404),
  );
  app.notFound((c) => nowhere.fetch(c.req.raw));
  // The variables of its requests are its own affair.
  return app as unknown as Hono;
}

/** Where links on a page start, wherever the app is mounted. */
function baseOf(url: string): string {
  // Not Hono's path, which may lack the slash that a browser goes by.
  const { pathname } = new URL(url);
  // With the dot, what is before a colon in it is not taken for a scheme.
  return pathname.endsWith("/")
    ? ""
    : `./${pathname.slice(pathname.lastIndexOf("/") + 1)}/`;
}
