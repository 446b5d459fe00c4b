import { type Context, Hono, type MiddlewareHandler, type Next } from "hono";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { type Duration, parseDuration } from "../core/duration.ts";
import type { ClusterLog } from "../core/cluster/status.ts";
import type { NotificationLog } from "../core/notify/status.ts";
import { readOption } from "../core/option_error.ts";
import { listed } from "../core/text.ts";
import { checkToken } from "../core/token.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Archive } from "../fleet/past/archive.ts";
import type { IncidentLog } from "../fleet/past/incident_log.ts";
import type { MaintenanceLog } from "../fleet/past/maintenance_log.ts";
import { guard } from "./guard.ts";
import { headAsGet } from "./head.ts";
import type { PublicOptions } from "./public/routes.ts";
import type { ConfigLoad } from "./metrics/metrics.ts";
import type { Env } from "./route.ts";
import { routesOf } from "./routes.ts";
import { siteOf } from "./site.ts";

/** Options for {@linkcode createApp}. */
export interface AppOptions {
  /**
   * The title of the status page, and the description in `/health`.
   *
   * @default {"lifesign"}
   */
  title?: string;
  /** What the pages are about, in a sentence below the title. */
  description?: string;
  /**
   * An image beside the title: a `data:` URI of at most 50,000 characters, as the
   * pages load nothing from elsewhere.
   */
  logo?: string;
  /**
   * Where the app is, as others see it: an absolute URL. Links in feeds are made of
   * it. It defaults to that of each request.
   */
  url?: string;
  /**
   * The time zone of the times that pages show, which should be that of the
   * archive's days.
   *
   * @default {"UTC"}
   */
  timezone?: string;
  /**
   * The bearer token that every path but `/livez` asks for. Browsers may send
   * it as the password of any user. A ping may have that of its check instead.
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
  /**
   * When others were last told that the agent works, in milliseconds of the epoch,
   * for `/metrics`; `null` if they were not.
   */
  lastAliveAt?: () => number | null;
  /**
   * A page for people who have no token: names and statuses, uptime, and when there
   * were incidents, but neither targets nor reasons.
   */
  public?: PublicOptions;
  /** What is kept of the past of the checks, if anything is. */
  archive?: Archive;
  /** The incidents of the checks, if they are looked for. */
  incidents?: IncidentLog;
  /**
   * The maintenance of the checks, if requests may see and start it. Starting and
   * stopping it takes the token, or `isLocal`.
   */
  maintenance?: MaintenanceLog;
  /** How the notifiers do that tell of the fleet, if there are any. */
  notifications?: NotificationLog;
  /** What is known of the other agents that share the fleet's checks, if any do. */
  cluster?: ClusterLog;
  /** A fleet whose attempts the metrics count as well, if there is one. */
  beside?: Fleet;
  /**
   * Whether only programs of this machine can send requests. Without a token, they
   * may change something then, if they ask for a name of this machine.
   *
   * @default {false}
   */
  isLocal?: boolean;
}

const POLICY: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: [NONCE],
    scriptSrc: [NONCE],
    connectSrc: ["'self'"],
    imgSrc: ["data:"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
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
 * @throws {OptionError} If `onDemand` is not a duration, `token` cannot be a bearer
 * token, `logo` is no image as a `data:` URI, `url` or `timezone` is not one, or the
 * path of `public` is not one that the app does not have yet.
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
  const { title = "lifesign", token, onDemand } = options;
  const { configLoad, lastAliveAt, archive, incidents } = options;
  const { maintenance, notifications, cluster, beside, isLocal } = options;
  const site = siteOf({ ...options, title });
  const { public: publicPage } = options;
  if (token !== undefined) checkToken(token);
  const guards = token === undefined ? [] : [guard(token)];

  const onDemandMs = onDemand === undefined
    ? undefined
    : readOption("onDemand", () => parseDuration(onDemand));
  const routes = routesOf({
    fleet,
    site,
    publicPage,
    token,
    onDemandMs,
    configLoad,
    lastAliveAt,
    archive,
    incidents,
    maintenance,
    notifications,
    cluster,
    beside,
    isLocal: isLocal === true,
  });

  const app = new Hono<Env>();
  // Path by path: all other paths belong to the app that mounts this one.
  for (const route of routes) {
    const { path } = route;
    app.use(path, headAsGet, route.isEmbeddable ? shared : secured, fresh);
    if (!route.isPublic) app.use(path, ...guards);
    if (onDemand !== undefined && !route.isStatic) {
      app.get(path, refresher(fleet, onDemand));
    }
    if (route.middleware !== undefined) app.get(path, route.middleware);
    app.get(path, (c) => route.handle(c));
    if (route.takesPost) app.post(path, (c) => route.handle(c));
    const { changes = [] } = route;
    for (const { method, handle } of changes) app.on(method, path, handle);
    const methods = [
      "GET",
      "HEAD",
      ...route.takesPost ? ["POST"] : [],
      ...changes.map(({ method }) => method),
    ];
    app.all(path, (c) => {
      c.header("allow", methods.join(", "));
      return c.json({
        error: `Expected ${listed(methods, "or")}, got ${c.req.method}`,
      }, 405);
    });
  }
  const nowhere = new Hono<Env>().use(headAsGet, secured, fresh, ...guards).all(
    "*",
    (c) => c.json({ error: `There is nothing at ${c.req.path}` }, 404),
  );
  app.notFound((c) => nowhere.fetch(c.req.raw));
  // The variables of its requests are private.
  return app as unknown as Hono;
}
