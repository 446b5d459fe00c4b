import { formatDuration, parseDuration } from "../../core/duration.ts";
import { oneLine } from "../../core/text.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { noSuchCheck } from "../no_check.ts";

/** What is wrong with a request, and the HTTP status that says so. */
export class RequestProblem extends Error {
  readonly status: 400 | 404;

  constructor(status: 400 | 404, message: string) {
    // It quotes the request, which may be long.
    super(oneLine(message));
    this.status = status;
  }
}

/** The longest maintenance that is started by hand. */
const MAX_MS = 366 * 86_400_000;

/** The longest reason, in characters. */
const MAX_REASON = 200;

/** Which checks are meant. */
export interface Selected {
  readonly checks: readonly string[];
  readonly groups: readonly string[];
  readonly all: boolean;
}

/** What is to be started. */
export interface Start extends Selected {
  readonly durationMs: number;
  readonly reason: string | null;
}

const KEYS = ["checks", "groups", "all", "for", "reason"];

/**
 * Reads the body of a request.
 *
 * @throws {RequestProblem} If it is not valid.
 */
export function readStart(text: string): Start {
  const body = objectOf(text);
  for (const key of Object.keys(body)) {
    if (KEYS.includes(key)) continue;
    throw wrong(`Expected no key ${JSON.stringify(key)}`);
  }
  const { all = false, reason = null } = body;
  if (typeof all !== "boolean") {
    throw wrong(`Expected true or false for all, got ${JSON.stringify(all)}`);
  }
  if (reason !== null && typeof reason !== "string") {
    throw wrong(`Expected a string for reason, got ${JSON.stringify(reason)}`);
  }
  return {
    checks: namesOf(body, "checks"),
    groups: namesOf(body, "groups"),
    all,
    durationMs: durationOf(body.for),
    reason: reason === null ? null : oneLine(reason, MAX_REASON) || null,
  };
}

/**
 * Reads the parameter `all`, which needs no value.
 *
 * @throws {RequestProblem} If it is not valid.
 */
export function readAll(text = "false"): boolean {
  if (text === "" || text === "true") return true;
  if (text === "false") return false;
  throw wrong(`Expected true or false for all, got ${JSON.stringify(text)}`);
}

/**
 * The ids of the checks that are meant, each once.
 *
 * @throws {RequestProblem} If there is no such check or group, or if none is meant.
 */
export function idsOf(
  fleet: Fleet,
  { checks, groups, all }: Selected,
): string[] {
  if (checks.length === 0 && groups.length === 0 && !all) {
    throw wrong("Expected checks, groups or all, got none of them");
  }
  const unknown = checks.find((id) => fleet.get(id) === undefined);
  if (unknown !== undefined) {
    throw new RequestProblem(404, noSuchCheck(unknown).error);
  }
  const snapshots = groups.length > 0 ? fleet.list() : [];
  const ofGroups = [...new Set(groups)].flatMap((name) => {
    const found = snapshots.filter(({ group }) => group === name);
    if (found.length > 0) return found.map(({ id }) => id);
    throw new RequestProblem(
      404,
      `There is no group named ${JSON.stringify(name)}`,
    );
  });
  return [...new Set([...checks, ...ofGroups, ...all ? fleet.ids() : []])];
}

function wrong(message: string): RequestProblem {
  return new RequestProblem(400, message);
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {
    // It is no JSON.
  }
  throw wrong(
    'Expected a JSON object such as { "checks": ["web"], "for": "30m" }',
  );
}

function namesOf(
  body: Readonly<Record<string, unknown>>,
  key: "checks" | "groups",
): readonly string[] {
  const { [key]: names = [] } = body;
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) {
    return names;
  }
  throw wrong(
    `Expected a list of strings for ${key}, got ${JSON.stringify(names)}`,
  );
}

function durationOf(value: unknown): number {
  const ms = typeof value === "string" ? msOf(value) : NaN;
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw wrong(
    `Expected a duration above 0 and of at most ${
      formatDuration(MAX_MS)
    } for "for", such as "30m", got ${JSON.stringify(value) ?? "nothing"}`,
  );
}

function msOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return NaN;
  }
}
