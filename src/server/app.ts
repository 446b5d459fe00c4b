import { type Context, Hono, type MiddlewareHandler, type Next } from "hono";
import { compress } from "hono/compress";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { type Duration, parseDuration } from "../core/duration.ts";
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
   * The title of the status page, and the description in `/health`.
   *
   * @default {"lifesign"}
   */
  title?: string;
  /**
   * The bearer token that every path but `/livez` asks for. Browsers may send
   * it as the password of any user.
   */
  token?: string;
  /**
   * Makes a request first try every check whose last result is older than
   * this. It is for a fleet without background attempts. While a client reads
   * `/events`, checks are tried at this interval, but at most once a second.
   */
  onDemand?: Duration;
  /**
   * Returns how the config was last loaded. It is called for each request of
   * `/metrics`.
   */
  configLoad?: () => ConfigLoad;
}

/** The variables of a request. */
interface Env {
  Variables: { secureHeadersNonce?: string };
}

/** Every path that the app answers. */
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
  // It means nothing over plain HTTP, and the app does not know about TLS.
  strictTransportSecurity: false,
};

const secured = secureHeaders(POLICY);

/** For responses that pages of other sites may show. */
const shared = secureHeaders({
  ...POLICY,
  crossOriginResourcePolicy: "cross-origin",
});

/** Forbids caching: every response is out of date soon. */
async function fresh(c: Context, next: Next): Promise<void> {
  await next();
  c.header("cache-control", "no-store");
}

/**
 * Tries every check whose last result is older than `maxAge`, then lets the
 * request continue. It does not use the request's signal, because Deno warns of
 * that. Attempts continue for other requests, and have a deadline.
 */
function refresher(fleet: Fleet, maxAge: Duration): MiddlewareHandler<Env> {
  return async function refresh(_c, next) {
    try {
      await fleet.attemptAll({ maxAge });
    } catch {
      // The fleet is closed: respond with the last snapshots.
    }
    await next();
  };
}

/**
 * Makes an HTTP app that shows a fleet: the status page at `/`, and `checks`,
 * `health` and others below it. `openapi.json` describes all of them. The app
 * can be mounted anywhere in another app.
 *
 * @throws {RangeError} If `onDemand` is not a duration.
 * @throws {TypeError} If `token` cannot be a bearer token.
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
  if (token !== undefined) checkToken(token);
  const guards = token === undefined ? [] : [guard(token)];

  const onDemandMs = onDemand === undefined
    ? undefined
    : parseDuration(onDemand);
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
  // Path by path: all other paths belong to the app that mounts this one.
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
      // Keeps proxies from buffering events.
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
  // The variables of its requests are private.
  return app as unknown as Hono;
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
