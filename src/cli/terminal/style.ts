import type { Status } from "../../core/types.ts";

/** A style of text. */
export type Style = Status | "bold" | "dim" | "reverse";

/** Select graphic rendition (ECMA-48, section 8.3.117). */
const CODES: Readonly<Record<Style, number>> = {
  healthy: 32,
  degraded: 33,
  unhealthy: 31,
  unknown: 35,
  bold: 1,
  dim: 2,
  reverse: 7,
};

/** Whether stdout shows colours: it is a terminal, and `NO_COLOR` is not set. */
export function hasColours(): boolean {
  return !Deno.noColor && Deno.stdout.isTerminal();
}

/** Applies a style to a string, or returns the string where there are none. */
export type Paint = (text: string, style: Style) => string;

/** Applies no style. */
export function plain(text: string): string {
  return text;
}

/** Applies a style to a string. */
export function styled(text: string, style: Style): string {
  return `\x1b[${CODES[style]}m${text}\x1b[0m`;
}

/** Removes all styles of a string. */
export function unstyled(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[\d+m/g, "");
}

/** Colours a string as a status, if stdout shows colours. */
export function painted(text: string, status: Status): string {
  return hasColours() ? styled(text, status) : text;
}
