import type { Context } from "hono";
import { timingSafeEqual } from "hono/utils/buffer";
import { MAX_OUTPUT, MAX_RUN_LENGTH, type Ping } from "../../core/types.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { readCapped } from "../../io/read.ts";
import { sleep } from "../../io/sleep.ts";
import { refused, tokenOf } from "../guard.ts";
import { noSuchCheck } from "../no_check.ts";
import { answer, ID, type Operation, parameter } from "../openapi/operation.ts";
import type { Env, Route } from "../route.ts";

/** How long the body of a ping is read, in milliseconds. */
const BODY_MS = 10_000;

/** The signals that are words of a path. */
const WORDS = ["start", "fail", "log"] as const;

type PingContext = Context<Env, string>;

/** The paths where jobs ping: those of healthchecks.io. */
export function pingRoutes(
  fleet: Fleet,
  token: string | undefined,
): readonly Route[] {
  const handle = (c: PingContext): Promise<Response> => ping(fleet, token, c);
  const common = { isPublic: true, isStatic: true, takesPost: true, handle };
  const security = [...SECURITY, ...token === undefined ? [{}] : []];
  return [
    {
      ...common,
      path: "/ping/:id",
      operation: {
        ...OPERATION,
        security,
        path: "/ping/{id}",
        operationId: "ping",
        summary: "Tells that a run of a job has ended well",
        parameters: [ID, RUN],
      },
    },
    {
      ...common,
      path: "/ping/:id/:signal",
      operation: {
        ...OPERATION,
        security,
        path: "/ping/{id}/{signal}",
        operationId: "pingWithSignal",
        summary: "Tells what a job does",
        parameters: [ID, SIGNAL, RUN],
      },
    },
  ];
}

const RUN = {
  ...parameter("query", "rid", "A name that tells apart runs at the same time"),
  schema: { type: "string", maxLength: MAX_RUN_LENGTH },
};

const SIGNAL = {
  ...parameter(
    "path",
    "signal",
    "Whether a run has started, has failed, says something, or its exit code",
  ),
  schema: {
    anyOf: [{ enum: WORDS }, { type: "integer", minimum: 0, maximum: 255 }],
  },
};

const SECURITY = [{ bearer: [] }, { password: [] }, { query: [] }];

const OPERATION: Pick<Operation, "description" | "responses"> = {
  description:
    `A POST may have the output of the job, of which the first ${MAX_OUTPUT} bytes are kept. The token is that of the check or that of the app.`,
  responses: {
    200: answer("The ping was taken", "text/plain"),
    400: answer(
      "The exit code or rid is not valid",
      "application/json",
      "Error",
    ),
    401: answer("The token is missing or wrong", "application/json", "Error"),
    404: answer("No such check takes pings", "application/json", "Error"),
  },
};

async function ping(
  fleet: Fleet,
  token: string | undefined,
  c: PingContext,
): Promise<Response> {
  const id = c.req.param("id")!;
  const given = tokenOf(c);
  const isOwn = fleet.admits(id, given);
  const isAllowed = token === undefined
    ? isOwn !== false
    // Of a check that does not exist, nothing else is to be learnt.
    : await timingSafeEqual(given ?? "", token) || isOwn === true;
  if (!isAllowed) return refused(c);
  const problem = (error: string, status: 400 | 404): Response =>
    c.json({ error }, status);

  const signal = signalOf(c.req.param("signal"));
  if (signal === undefined) {
    return problem(`There is nothing at ${c.req.path}`, 404);
  }
  if (typeof signal === "number" && signal > 255) {
    return problem(`Expected an exit code from 0 to 255, got ${signal}`, 400);
  }
  const run = c.req.query("rid") ?? "";
  if (run.length > MAX_RUN_LENGTH) {
    const expected = `Expected a rid of at most ${MAX_RUN_LENGTH} characters`;
    return problem(`${expected}, got ${run.length}`, 400);
  }
  const type = fleet.get(id)?.type;
  if (type === undefined) return c.json(noSuchCheck(id), 404);
  const output = await outputOf(c);
  return receive(fleet, id, {
      signal,
      ...(run !== "" && { run }),
      ...(output !== "" && { output }),
    })
    ? c.text("OK\n", 200, { "ping-body-limit": `${MAX_OUTPUT}` })
    : problem(
      `The check ${
        JSON.stringify(id)
      } takes no pings: it is of the type ${type}`,
      404,
    );
}

/** Passes on a ping; a check that was removed meanwhile takes none. */
function receive(fleet: Fleet, id: string, ping: Ping): boolean {
  try {
    return fleet.receive(id, ping);
  } catch {
    return false;
  }
}

/** What the end of a path says. Returns nothing if it says nothing. */
function signalOf(word: string | undefined): Ping["signal"] | undefined {
  if (word === undefined) return "success";
  return /^\d+$/.test(word)
    ? Number(word)
    : WORDS.find((signal) => signal === word);
}

/** The beginning of a body. What is cut off or broken does not matter. */
async function outputOf({ req }: PingContext): Promise<string> {
  const { body, bodyUsed } = req.raw;
  if (body === null || bodyUsed) return "";
  const end = new AbortController();
  void sleep(BODY_MS, end.signal).then(() => end.abort());
  try {
    const { bytes } = await readCapped(body, {
      maxBytes: MAX_OUTPUT,
      // A client that cannot send the rest may not read the answer.
      beyond: "drain",
      signal: end.signal,
    });
    return new TextDecoder().decode(bytes);
  } catch {
    return "";
  } finally {
    end.abort();
  }
}
