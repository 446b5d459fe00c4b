import type { Report } from "../../core/past/report.ts";

/** A report as JSON, with times as ISO 8601 has them. */
export function toJson(report: Report): string {
  const { from, to, ...figures } = report;
  const range = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  };
  return JSON.stringify({ ...range, ...figures }, null, 2);
}
