import { html, raw } from "hono/html";
import type { Status } from "../../core/types.ts";
import type { Html } from "./html.ts";
import { icon } from "./icon.ts";
import { BASE_STYLE } from "./style.ts";

/** What every page of the app is made of. */
export interface DocumentContent {
  /** What the title of the window begins with. */
  readonly headline: string;
  /** What is called by that. */
  readonly title: string;
  /** What the icon shows. */
  readonly status: Status;
  /** The prefix of links. */
  readonly base: string;
  /** The nonce of the inline style and script. */
  readonly nonce: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
  /** The events that the page follows, relative to the base. */
  readonly events?: string;
  /** The style of the page, after that of all. */
  readonly style?: string;
  /** The script of the page. */
  readonly script?: string;
  /** How often a browser without a script loads the page again, in seconds. */
  readonly refresh?: number;
  /** Where there is a feed with the same content. */
  readonly feed?: string;
  readonly header: Html;
  readonly main: Html;
  readonly footer: Html;
}

/** A page, from its first line to its last. */
export function document(content: DocumentContent): Html {
  const { headline, title, status, base, nonce, now, events } = content;
  const { style = "", script, refresh, feed, header, main, footer } = content;
  // deno-fmt-ignore
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh === undefined ? "" : html`<noscript><meta http-equiv="refresh" content="${refresh}"></noscript>`}
<title>${headline} · ${title}</title>
<link rel="icon" href="${icon(status)}">
${feed === undefined ? "" : html`<link rel="alternate" type="application/atom+xml" href="${feed}">`}
<style nonce="${nonce}">${raw(compact(BASE_STYLE + style))}</style>
</head>
<body data-now="${new Date(now).toISOString()}" data-title=" · ${title}" data-base="${base}"${events === undefined ? "" : html` data-events="${events}"`}>
<header>${header}</header>
<main>
${main}
</main>
<footer>${footer}</footer>
${script === undefined ? "" : html`<script nonce="${nonce}">${raw(script)}</script>`}
</body>
</html>
`;
}

const compacted = new Map<string, string>();

/** A style without the blanks that mean nothing. There are a few styles. */
function compact(style: string): string {
  let short = compacted.get(style);
  if (short === undefined) {
    short = style.replaceAll(/\s+/g, " ").replaceAll(/ ?([{};,]) ?/g, "$1")
      .replaceAll(/: /g, ":");
    compacted.set(style, short);
  }
  return short;
}

/**
 * The source of a script without comments and the blanks that lines begin with.
 * Bundlers that keep names add calls of `__name` to functions.
 */
export function scriptOf(source: string): string {
  return `var __name=(f)=>f;${source}`.replaceAll(
    /\n\s*(?:\/\/.*)?/g,
    "\n",
  );
}
