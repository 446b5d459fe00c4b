import type { Fleet } from "../../fleet/fleet.ts";
import type { IncidentQuery } from "../../fleet/past/archive.ts";
import { momentParameter } from "../past/moment.ts";

/** The most incidents of an answer. */
const MAX = 1000;

/** Reads the parameters of a query. */
export interface QueryReader {
  query(name: string): string | undefined;
  queries(name: string): string[] | undefined;
}

/** Which incidents are asked for, and how many. */
export type AskedIncidents = IncidentQuery & { readonly limit: number };

/**
 * Reads which incidents are asked for.
 *
 * @throws {RangeError} If that is not valid, with a message for who asked.
 */
export function parseIncidentQuery(
  request: QueryReader,
  fleet: Fleet,
  now: number,
): AskedIncidents {
  const moment = (name: "from" | "to"): { [N in typeof name]?: number } => {
    const text = request.query(name);
    if (text === undefined) return {};
    return { [name]: momentParameter(name, text, now) };
  };
  const limit = request.query("limit") ?? "100";
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > MAX) {
    throw new RangeError(
      `limit: expected a whole number from 1 to ${MAX}, got ${
        JSON.stringify(limit)
      }`,
    );
  }
  const checks = request.queries("check");
  const groups = request.queries("group");
  const members = groups && fleet.list()
    .filter(({ group }) => groups.includes(group ?? "")).map(({ id }) => id);
  return {
    ...moment("from"),
    ...moment("to"),
    limit: Number(limit),
    ...((checks ?? members) !== undefined && {
      checks: [...checks ?? [], ...members ?? []],
    }),
  };
}
