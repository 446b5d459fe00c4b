import { type Json, mapStrings } from "../../../core/json.ts";
import { lastingText } from "../../../core/people/lasting.ts";
import { WORST_FIRST } from "../../../core/rollup.ts";
import { closest } from "../../../core/text.ts";
import type { Letter, LetterIncident } from "../receiver.ts";

/** What may stand in braces in a template, such as `{title}`. */
const PLACEHOLDERS = [
  "title",
  "text",
  "check",
  "status",
  "event",
  "reason",
  "since",
  "duration",
  "url",
  "id",
] as const;

/** What a letter says, for templates and for the environments of commands. */
export type PlaceholderValues = Readonly<
  Record<typeof PLACEHOLDERS[number], string>
>;

/** How many of several checks are named. */
const MAX_NAMED = 10;

/**
 * What stands in the places of placeholders. Of several incidents, `status` is the
 * worst one, `since` and `duration` are of the one that began first, and `id` is of
 * the first one in the letter.
 */
export function placeholderValues(letter: Letter): PlaceholderValues {
  const { title, text, event, url, incidents, id } = letter;
  const named = incidents.slice(0, MAX_NAMED);
  const rest = incidents.length - named.length;
  const more = rest === 0 ? [] : [`and ${rest} more`];
  const [first] = incidents;
  const oldest = incidents.reduce<LetterIncident | undefined>(
    (a, b) => a === undefined || b.began < a.began ? b : a,
    undefined,
  );
  return {
    title,
    text,
    event,
    check: [...named.map(({ check }) => check), ...more].join(", "),
    status: statusOf(incidents),
    reason: incidents.length === 1 ? first!.reason.message : [
      ...named.map(({ check, reason }) => `${check}: ${reason.message}`),
      ...more,
    ].join("; "),
    since: oldest?.since ?? "",
    duration: oldest === undefined ? "" : lastingText(oldest.durationMs),
    url: url ?? "",
    id: first?.id ?? id,
  };
}

/** The worst status that lasts, or else how the first incident ended. */
function statusOf(incidents: readonly LetterIncident[]): string {
  const lasting = incidents.filter(({ ended }) => ended === null);
  return WORST_FIRST.find((status) =>
    lasting.some((incident) => incident.status === status)
  ) ?? incidents[0]?.end ?? "";
}

/**
 * A name in braces. Double braces stand for single ones, so that a name in braces
 * can be sent. All other braces are what they are, and so is `${NAME}`, which is
 * written `$${NAME}` in a config file.
 */
const FORM = /(?<!\$)(?:\{(\{[a-z_]+\})\}|\{([a-z_]+)\})/gi;

/** Puts values in the places of the placeholders in all strings of a template. */
export function filled(template: Json, values: PlaceholderValues): Json {
  return mapStrings(template, (text) =>
    text.replace(
      FORM,
      (all, literal, name) =>
        literal ?? (Object.hasOwn(values, name)
          ? values[name as keyof PlaceholderValues]
          : all),
    ));
}

/** What is wrong with the placeholders of a template. */
export function placeholderProblems(template: Json): string[] {
  const unknown = new Set<string>();
  mapStrings(template, (text) => {
    for (const [, , name] of text.matchAll(FORM)) {
      if (name !== undefined && !PLACEHOLDERS.includes(name as never)) {
        unknown.add(name);
      }
    }
    return text;
  });
  return Array.from(unknown, (name) => {
    const meant = closest(name, PLACEHOLDERS);
    return `unknown placeholder {${name}}; ${
      meant === undefined
        ? `expected one of ${
          PLACEHOLDERS.map((name) => `{${name}}`).join(", ")
        }, or {{${name}}} for {${name}} itself`
        : `did you mean {${meant}}?`
    }`;
  });
}
