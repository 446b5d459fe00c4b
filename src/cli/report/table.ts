import type { Report } from "../../core/past/report.ts";
import type { Zone } from "../../io/calendar/zone.ts";
import { columns, loadWidths } from "../terminal/columns.ts";
import { rangeText, tablesOf } from "./columns.ts";

/** A report for a terminal, in a time zone. */
export async function toTable(report: Report, zone: Zone): Promise<string> {
  const tables = tablesOf(report);
  await loadWidths(tables.flat(2));
  return [
    rangeText(report, zone),
    ...tables.map((rows) => columns(rows).join("\n")),
  ].join("\n\n");
}
