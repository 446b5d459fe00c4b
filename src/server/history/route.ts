import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { Period } from "../../core/past/period.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Archive } from "../../fleet/past/archive.ts";
import { wallTime } from "../../io/clock.ts";
import { noSuchCheck } from "../no_check.ts";
import { answer, ID, parameter } from "../openapi/operation.ts";
import { refTo } from "../openapi/parts.ts";
import type { Env, Route } from "../route.ts";
import { type HistoryJson, toPeriodJson, toPeriodsCsv } from "./periods.ts";
import { type HistoryQuery, parseQuery } from "./query.ts";

/** The past of each check. */
export function historyRoute(
  fleet: Fleet,
  archive: Archive | undefined,
): Route {
  return {
    path: "/checks/:id/history",
    operation: {
      path: "/checks/{id}/history",
      operationId: "getHistory",
      summary: "How a check was, period by period",
      description:
        "Periods in which nothing is known are left out. The first one may begin before `from`, and the last one may end after `to`.",
      parameters: [
        ID,
        parameter(
          "query",
          "from",
          "A time, such as 2026-11-01T08:00:00Z, or a duration before now, such as -7d; -24h by default",
        ),
        parameter("query", "to", "Likewise; now by default"),
        {
          ...parameter(
            "query",
            "step",
            "How long the periods are; by default what suits the range. 5m is kept for 7 days, hour for 90 days",
          ),
          schema: { enum: ["5m", "hour", "day"] },
        },
        {
          ...parameter(
            "query",
            "format",
            "The format; by default json, unless the Accept header prefers text/csv",
          ),
          schema: { enum: ["json", "csv"] },
        },
      ],
      responses: {
        200: {
          description: "The periods, oldest first",
          content: {
            "application/json": { schema: refTo("History") },
            "text/csv": { schema: { type: "string" } },
          },
        },
        400: answer("A parameter is not valid", "application/json", "Error"),
        404: answer(
          "There is no such check, and was none; or no history is kept",
          "application/json",
          "Error",
        ),
        503: answer(
          "The history cannot be read now",
          "application/json",
          "Error",
        ),
      },
    },
    isStatic: true,
    async handle(c) {
      const id = c.req.param("id")!;
      if (archive === undefined) {
        return c.json({
          error: "No history is kept",
        }, 404);
      }
      const now = wallTime();
      let query: HistoryQuery;
      let format: string;
      try {
        query = parseQuery((name) => c.req.query(name), now);
        format = formatOf(c);
      } catch (error) {
        return c.json({ error: (error as Error).message }, 400);
      }
      let periods: readonly Period[];
      try {
        periods = await periodsOf(archive, id, query);
        if (
          periods.length === 0 && fleet.get(id) === undefined &&
          !await hasPast(archive, id, now)
        ) return c.json(noSuchCheck(id), 404);
      } catch {
        // Whoever keeps it says why.
        return c.json({ error: "The history cannot be read now" }, 503);
      }
      c.header("vary", "Accept");
      const found = periods.map((period) => toPeriodJson(period, now));
      if (format === "csv") {
        return c.body(toPeriodsCsv(found), 200, {
          "content-type": "text/csv; charset=utf-8",
        });
      }
      return c.json<HistoryJson>({
        check: id,
        step: query.step,
        from: new Date(query.from).toISOString(),
        to: new Date(query.to).toISOString(),
        periods: found,
      });
    },
  };
}

async function periodsOf(
  archive: Archive,
  id: string,
  { step, ...range }: HistoryQuery,
): Promise<readonly Period[]> {
  return (await archive.periods([id], step, range)).get(id) ?? [];
}

/** Whether anything is kept of a check, which may have been removed. */
async function hasPast(
  archive: Archive,
  id: string,
  now: number,
): Promise<boolean> {
  const query = { step: "day", from: 0, to: now } as const;
  return (await periodsOf(archive, id, query)).length > 0;
}

/**
 * The format that is asked for.
 *
 * @throws {RangeError} If there is no such format.
 */
function formatOf(c: Context<Env, string>): string {
  const format = c.req.query("format");
  if (format === undefined) {
    const type = accepts(c, {
      header: "Accept",
      supports: ["application/json", "text/csv"],
      default: "application/json",
    });
    return type === "text/csv" ? "csv" : "json";
  }
  if (format === "json" || format === "csv") return format;
  throw new RangeError(
    `format: expected json or csv, got ${JSON.stringify(format)}`,
  );
}
