import type { Report } from "../../core/past/report.ts";
import { columns, loadWidths } from "../terminal/columns.ts";
import { rangeText, tablesOf } from "./columns.ts";

/** A report for a terminal. */
export async function toTable(report: Report): Promise<string> {
  const tables = tablesOf(report);
  await loadWidths(tables.flat(2));
  return [
    rangeText(report),
    ...tables.map((rows) => columns(rows).join("\n")),
  ].join("\n\n");
}
