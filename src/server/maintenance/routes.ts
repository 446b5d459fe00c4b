import type { Context } from "hono";
import type { Fleet } from "../../fleet/fleet.ts";
import type { MaintenanceLog } from "../../fleet/past/maintenance_log.ts";
import { readCapped } from "../../io/read.ts";
import { sleep } from "../../io/sleep.ts";
import { answer, many, parameter } from "../openapi/operation.ts";
import { type Part, refTo } from "../openapi/parts.ts";
import type { Env, Route } from "../route.ts";
import { listOf } from "./list.ts";
import { idsOf, readAll, readStart, RequestProblem } from "./request.ts";

/** The most bytes of the body of a request. */
const MAX_BODY_BYTES = 1024 * 1024;

/** How long the body of a request is read, in milliseconds. */
const BODY_MS = 10_000;

type RequestContext = Context<Env, string>;

/** What the route needs. */
export interface MaintenanceRouteContext {
  readonly fleet: Fleet;
  readonly maintenance: MaintenanceLog | undefined;
  readonly token: string | undefined;
  readonly isLocal: boolean;
}

/** The path that shows maintenance, and starts and stops it. */
export function maintenanceRoutes(
  { fleet, maintenance, token, isLocal }: MaintenanceRouteContext,
): readonly Route[] {
  if (maintenance === undefined) return [];

  /** Answers a request that changes something, if that is allowed. */
  async function change(
    c: RequestContext,
    act: () => void | Promise<void>,
  ): Promise<Response> {
    if (token === undefined && !(isLocal && isOfThisMachine(c))) {
      return c.json({ error: UNGUARDED }, 403);
    }
    try {
      await act();
    } catch (error) {
      if (!(error instanceof RequestProblem)) throw error;
      return c.json({ error: error.message }, error.status);
    }
    return c.json(listOf(maintenance!));
  }

  return [{
    path: "/maintenance",
    operation: {
      path: "/maintenance",
      operationId: "getMaintenance",
      summary: "The maintenance of now and of the time to come",
      responses: { 200: LIST },
    },
    handle: (c) => c.json(listOf(maintenance)),
    changes: [{
      method: "POST",
      operation: {
        operationId: "startMaintenance",
        summary: "Starts maintenance of checks by hand",
        description: PERMISSION,
        requestBody: BODY,
        responses: {
          200: LIST,
          400: answer("The request is not valid", "application/json", "Error"),
          ...COMMON,
          415: answer("It is not JSON", "application/json", "Error"),
        },
      },
      async handle(c) {
        // Pages of other sites cannot send this type without being asked first.
        const type = c.req.header("content-type") ?? "";
        if (!/^application\/json *(?:;|$)/i.test(type)) {
          const error = "Expected the content type application/json";
          return c.json({ error }, 415);
        }
        return await change(c, async () => {
          const start = readStart(await bodyOf(c));
          maintenance.start(idsOf(fleet, start), start);
        });
      },
    }, {
      method: "DELETE",
      operation: {
        operationId: "stopMaintenance",
        summary: "Stops maintenance of checks that was started by hand",
        description: PERMISSION,
        parameters: [
          many(parameter("query", "check", "The id of a check")),
          many(parameter("query", "group", "The name of a group")),
          {
            ...parameter("query", "all", "All checks"),
            schema: { enum: ["", "true", "false"] },
            allowEmptyValue: true,
          },
        ],
        responses: {
          200: LIST,
          400: answer("No check is meant", "application/json", "Error"),
          ...COMMON,
        },
      },
      handle: (c) =>
        change(c, () => {
          const ids = idsOf(fleet, {
            checks: c.req.queries("check") ?? [],
            groups: c.req.queries("group") ?? [],
            all: readAll(c.req.query("all")),
          });
          maintenance.stop(ids);
        }),
    }],
  }];
}

const UNGUARDED =
  "Expected an app with a token, or a request from this machine to a loopback address";

const PERMISSION =
  "It takes a token. If the app has none, it is allowed only where the app listens on a loopback address.";

const LIST: Part = answer(
  "The maintenance",
  "application/json",
  "Maintenance",
);

const COMMON: Readonly<Record<number, Part>> = {
  403: answer("It is not allowed without a token", "application/json", "Error"),
  404: answer("There is no such check or group", "application/json", "Error"),
};

const BODY: Part = {
  required: true,
  content: { "application/json": { schema: refTo("StartMaintenance") } },
};

/**
 * Whether a request asks for a name of this machine, and was not passed on by a
 * proxy. A page of another site can make its own name that of this machine.
 */
function isOfThisMachine({ req }: RequestContext): boolean {
  const { hostname } = new URL(req.url);
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname) &&
    req.header("forwarded") === undefined &&
    req.header("x-forwarded-for") === undefined;
}

/**
 * The text of a body.
 *
 * @throws {RequestProblem} If it is too long, or does not come.
 */
async function bodyOf({ req }: RequestContext): Promise<string> {
  const { body } = req.raw;
  if (body === null) return "";
  const end = new AbortController();
  void sleep(BODY_MS, end.signal).then(() => end.abort());
  try {
    const { bytes, truncated } = await readCapped(body, {
      maxBytes: MAX_BODY_BYTES,
      signal: end.signal,
    });
    if (!truncated) return new TextDecoder().decode(bytes);
  } catch {
    throw new RequestProblem(400, "Expected a whole body");
  } finally {
    end.abort();
  }
  throw new RequestProblem(400, `Expected at most ${MAX_BODY_BYTES} bytes`);
}
