import type { Status } from "../core/types.ts";

/** Select graphic rendition (ECMA-48, section 8.3.117). */
const COLOURS: Readonly<Record<Status, number>> = {
  healthy: 32,
  degraded: 33,
  unhealthy: 31,
  unknown: 35,
};

/** Colours a text as a status, on a terminal, unless `NO_COLOR` is set. */
export function painted(text: string, status: Status): string {
  return Deno.noColor || !Deno.stdout.isTerminal()
    ? text
    : `\x1b[${COLOURS[status]}m${text}\x1b[0m`;
}

/** Sets rows as columns; the last one is as wide as it is. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widths, row) =>
      row.map((cell, i) => Math.max(cell.length, widths[i] ?? 0)),
    [],
  );
  return rows.map((row) =>
    row.map((cell, i) => i === row.length - 1 ? cell : cell.padEnd(widths[i]!))
      .join("  ").trimEnd()
  );
}
