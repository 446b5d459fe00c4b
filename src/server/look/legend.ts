import { html } from "hono/html";
import type { Html } from "./html.ts";

/** What a tone of a bar or a line means. */
type Meaning = readonly [tone: string, words: string];

/** What the tones of the bars of days mean. */
const DAY_TONES: readonly Meaning[] = [
  ["p", "up"],
  ["w", "degraded"],
  ["f", "down"],
  ["m", "maintenance"],
  ["e", "could not tell"],
  ["n", "not watched"],
];

/** Tones with their meanings, in a row. */
export function tones(meanings: readonly Meaning[] = DAY_TONES): Html[] {
  return meanings.map(([tone, words]) =>
    html`<span class="tone"><i class="${tone}"></i>${words}</span>`
  );
}
