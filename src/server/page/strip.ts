import { html } from "hono/html";
import { VERDICTS } from "../../core/outcome.ts";
import type { Verdict } from "../../core/types.ts";
import type { PastAttempt } from "../../fleet/history.ts";
import { secondOf } from "../look/moment.ts";

/** How many attempts a strip shows. The newest is at the right. */
const SLOTS = 60;

/** The CSS classes of verdicts, short because a page has many of them. */
const CLASSES: Readonly<Record<Verdict, string>> = {
  pass: "p",
  warn: "w",
  fail: "f",
  error: "e",
};

/** The verdicts of attempts in words. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: "passed",
  warn: "passed with a warning",
  fail: "failed",
  error: "with an error",
};

/**
 * The last attempts as a strip of bars. The verdict of an attempt sets the colour
 * and the height of its bar. A row of bars with the same verdict is one dashed
 * line, because 60 elements for each check would be too many.
 */
export function strip(
  attempts: readonly PastAttempt[],
  zone: string,
): string {
  const paths: Partial<Record<Verdict, string>> = {};
  const first = SLOTS - attempts.length;
  for (let i = 0; i < attempts.length;) {
    const { verdict } = attempts[i]!;
    let end = i;
    while (attempts[end]?.verdict === verdict) end++;
    paths[verdict] = `${paths[verdict] ?? ""}M${first + i} 0h${end - i}`;
    i = end;
  }
  const lines = Object.entries(paths).map(([verdict, d]) =>
    `<path class="${CLASSES[verdict as Verdict]}" d="${d}"/>`
  );
  return `<svg class="strip" role="img" viewBox="0 -2 ${SLOTS} 4"><title>${html`${
    inWords(attempts, zone)
  }`}</title><path class="s" d="M0 0h${SLOTS}"/>${lines.join("")}</svg>`;
}

/** What a strip shows. */
function inWords(
  attempts: readonly PastAttempt[],
  zone: string,
): string {
  const [first] = attempts;
  if (first === undefined) return "No attempts yet";
  const counts = VERDICTS.map((verdict) =>
    [
      attempts.filter((attempt) => attempt.verdict === verdict).length,
      VERDICT_WORDS[verdict],
    ] as const
  ).filter(([count]) => count > 0);
  const words = counts.map(([count, word]) => `${count} ${word}`).join(", ");
  const since = secondOf(first.at, zone);
  const bad = attempts.findLast(({ verdict }) => verdict !== "pass");
  const last = bad === undefined
    ? ""
    : `; at ${secondOf(bad.at, zone)}: ${
      bad.reason?.message ?? VERDICT_WORDS[bad.verdict]
    }`;
  return `Last ${attempts.length} since ${since} ${zone}: ${words}${last}`;
}
