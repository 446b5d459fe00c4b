/**
 * Fleets that were tried once, and what a page says.
 *
 * @module
 */

import type { Snapshot } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import type { MonitorOptions } from "../../src/fleet/monitor.ts";
import {
  ERROR,
  FAIL,
  PASS,
  scripted,
  type Step,
  WARN,
} from "../support/probes.ts";

/** A check of a fleet. */
export interface Check extends MonitorOptions {
  /** @default {"script"} */
  readonly target?: string;
  /** What attempts come to; none is made if there is nothing. */
  readonly step?: Step;
}

/** One check of each status. */
export const EACH: Readonly<Record<string, Check>> = {
  up: { step: PASS, group: "edge" },
  slow: { step: WARN },
  down: { step: FAIL },
  lost: { step: ERROR },
};

/** A fleet that does nothing by itself, after one attempt of each check. */
export async function fleetOf(
  checks: Readonly<Record<string, Check>>,
): Promise<Fleet> {
  const fleet = new Fleet({ background: false });
  for (
    const [id, { step, target = "script", ...options }] of Object.entries(
      checks,
    )
  ) {
    const probe = scripted([step ?? PASS], { target });
    fleet.add(probe, { retries: 1, ...options, id });
    if (step !== undefined) await fleet.attempt(id);
  }
  return fleet;
}

/** The snapshots of such a fleet, by id. */
export async function snapshotsOf(
  checks: Readonly<Record<string, Check>>,
): Promise<Snapshot[]> {
  await using fleet = await fleetOf(checks);
  return fleet.list();
}

/** Texts that would mean something where they were not escaped. */
export const ODD = [
  "<script>alert(1)</script>",
  `"'><img src=x onerror=alert(1)>`,
  "</style></table>",
  "a/b/c",
  "../../etc/passwd",
  "%2e%2e%2f%00",
  "100%",
  "a b+c",
  "?a=b&c#d",
  "&amp;&#60;",
  "two\nlines\r\nset-cookie: a=b",
  "été 日本 🙂",
  "javascript:alert(1)",
  "back\\slash",
  ":id",
  "*",
  "__proto__",
  "constructor",
  "tab\tand\0nul",
  "lone \ud800 surrogate",
  "…",
  "...",
] as const;

/** The texts and attributes of a page, as a browser would have them. */
export interface Seen {
  /** The names of all elements. */
  readonly elements: readonly string[];
  /** The names of all attributes. */
  readonly attributes: readonly string[];
  /** Where links lead, before they are resolved. */
  readonly links: readonly string[];
  /** All text that is no style. */
  readonly text: string;
}

/** Reads a page that has no unescaped `>` in its attributes. */
export function see(html: string): Seen {
  const tags = [
    ...html.matchAll(
      /<([a-z][a-z\d]*)((?:\s+[^\s=>/]+(?:="[^"]*")?)*)\s*\/?>/g,
    ),
  ];
  const attributes = tags.flatMap(([, , text = ""]) => [
    ...text.matchAll(/([^\s=]+)="([^"]*)"/g),
  ]);
  return {
    elements: tags.map(([, name = ""]) => name),
    attributes: attributes.map(([, name = ""]) => name),
    links: [...html.matchAll(/<a\s[^>]*?href="([^"]*)"/g)]
      .map(([, value = ""]) => unescaped(value)),
    text: unescaped(
      html.replace(/<(style|script)[^>]*>.*?<\/\1>/gs, "")
        .replace(/<[^>]*>/g, ""),
    ),
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  amp: "&",
};

/** What entities stand for. */
function unescaped(text: string): string {
  return text.replace(
    /&([a-z\d#]+);/g,
    (entity, name) => ENTITIES[name] ?? entity,
  );
}
