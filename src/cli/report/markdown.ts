import type { Report } from "../../core/past/report.ts";
import type { Zone } from "../../io/calendar/zone.ts";
import { rangeText, tablesOf } from "./columns.ts";

/** What Markdown would not show as it is in the cell of a table. */
const SPECIAL = /[\\`*_[\]<>|~&]/g;

/** A report as tables of Markdown, in a time zone. */
export function toMarkdown(report: Report, zone: Zone): string {
  const tables = tablesOf(report).map(([headings = [], ...rows]) =>
    [
      line(headings),
      line([":--", ...headings.slice(1).map(() => "--:")]),
      ...rows.map((row) => line(row.map(escaped))),
    ].join("\n")
  );
  return [rangeText(report, zone), ...tables].join("\n\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function escaped(cell: string): string {
  return cell.replace(SPECIAL, "\\$&");
}
