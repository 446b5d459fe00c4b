import type { Content } from "./content.ts";

/** Content as lines of plain text. */
export function textOf({ lines, rest, facts, notes }: Content): string {
  const blocks = [
    [
      ...lines.map(({ name, what }) => `${name}: ${what}`),
      ...(rest > 0 ? [`and ${rest} more`] : []),
    ],
    notes,
    facts.map(({ label, value }) => `${label}: ${value}`),
  ];
  return blocks.filter((block) => block.length > 0)
    .map((block) => block.join("\n")).join("\n\n");
}
