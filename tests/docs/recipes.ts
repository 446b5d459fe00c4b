import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import type { Outcome } from "../../mod.ts";
import { parseConfig } from "../../src/agent/config.ts";
import { blocks } from "../support/docs.ts";
import {
  type RealServer,
  type ServerTest,
  type Startable,
  testServer,
} from "../support/real_server.ts";
import { assertOutcome, attempted } from "../support/outcomes.ts";

/** A check of docs/recipes.md. */
type Recipe = Readonly<Record<string, unknown>>;

const recipes = new Map<string, Recipe>();
for (const text of await blocks("recipes", "lifesign")) {
  const { checks } = parse(text) as { checks: Record<string, Recipe> };
  for (const [id, recipe] of Object.entries(checks)) {
    assert(!recipes.has(id), id);
    recipes.set(id, recipe);
  }
}

/** The recipes that are dialogues. */
export const dialogues: readonly string[] = [...recipes]
  .filter(([, { type }]) => type === "tcp").map(([id]) => id);

/** The recipes that have a test. */
export const tested: string[] = [];

/** The recipes that were tried. */
const tried = new Set<string>();

/** A test of recipes with a server. */
export interface RecipeTest extends Omit<ServerTest, "name"> {
  readonly ids: readonly string[];
}

/** A test of recipes with a server, which is not everywhere. */
export function testRecipes(
  server: Startable,
  { ids, fn, ...others }: RecipeTest,
): void {
  tested.push(...ids);
  testServer(server, {
    ...others,
    name: `docs/recipes.md has what ${server.program} answers: ${
      ids.join(", ")
    }`,
    async fn(server) {
      await fn(server);
      for (const id of ids) assert(tried.has(id), id);
    },
  });
}

/** Where a recipe is tried, and with what. */
export interface Place {
  readonly port: number;
  /** Variables of the recipe. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options to add. */
  readonly options?: Recipe;
  /** A string in the recipe, and what takes its place. */
  readonly instead?: readonly [string, string];
  /** How long an attempt may take that fails. */
  readonly timeoutMs?: number;
}

/** The text of a config with a recipe, as often as is said. */
export function configOf(
  id: string,
  { port, options, instead }: Place,
  times = 1,
): string {
  const recipe = recipes.get(id);
  assert(recipe !== undefined, id);
  tried.add(id);
  const check = { ...recipe, port, ...options };
  const names = Array.from({ length: times }, (_, i) => `${id}-${i}`);
  const text = JSON.stringify({
    checks: Object.fromEntries(names.map((name) => [name, check])),
  });
  if (instead === undefined) return text;
  const [before, after] = instead.map((part) =>
    JSON.stringify(part).slice(1, -1)
  ) as [string, string];
  assert(text.includes(before), `${id} has no ${before}`);
  return text.replaceAll(before, after);
}

async function attempt(
  id: string,
  place: Place,
  timeoutMs?: number,
): Promise<Outcome> {
  const [check] = parseConfig(configOf(id, place), {
    env: (name) => place.env?.[name],
  }).checks;
  return await attempted(check!.probe, timeoutMs);
}

/** Checks that recipes pass. */
export async function passes(
  ids: readonly string[],
  place: Place,
): Promise<void> {
  for (const id of ids) {
    const { verdict, reason } = await attempt(id, place);
    assertEquals(verdict, "pass", `${id}: ${reason?.message}`);
  }
}

/**
 * Checks that a recipe finds another answer than it expects, and says so. It
 * may find it only at its deadline, which is early, unless the machine is slow:
 * then there is another attempt.
 */
export async function fails(
  id: string,
  message: RegExp,
  place: Place,
): Promise<void> {
  let outcome = await attempt(id, place, place.timeoutMs ?? 1000);
  if (outcome.reason?.code !== "mismatch") outcome = await attempt(id, place);
  assertOutcome(outcome, ["fail", "mismatch"], message);
}

/** How many lines of a log match each pattern. */
type Lines = readonly (readonly [RegExp, number])[];

/** How long a server may take to log what it does. */
const PATIENCE_MS = 20_000;

/**
 * Ends a server when it has logged what is expected, and checks that it has
 * logged no other lines but those that match `own`.
 */
export async function assertLog(
  server: RealServer,
  expected: Lines,
  own: RegExp = /(?!)/,
): Promise<void> {
  const lines = async (): Promise<string[]> =>
    (await server.log()).filter((line) => !own.test(line));
  const counts = async (): Promise<number[]> => {
    const logged = await lines();
    return expected.map(([pattern]) =>
      logged.filter((line) => pattern.test(line)).length
    );
  };
  const until = performance.now() + PATIENCE_MS;
  while (
    (await counts()).some((count, i) => count < expected[i]![1]) &&
    performance.now() < until
  ) await new Promise((resolve) => setTimeout(resolve, 20));
  await server.stop();
  const logged = await lines();
  assertEquals(
    await counts(),
    expected.map(([, count]) => count),
    logged.join("\n"),
  );
  assertEquals(
    logged.filter((line) => !expected.some(([pattern]) => pattern.test(line))),
    [],
  );
}
