import type { MessageEvent } from "../../../core/notify/message.ts";
import { escaped } from "../../../core/people/xml.ts";
import type { Content, Fact, Line } from "./content.ts";

/** What a letter as HTML is made of. */
export interface HtmlContent {
  readonly event: MessageEvent;
  readonly title: string;
  readonly content: Content;
  /** The program that sends it, such as `lifesign/0.2.0`. */
  readonly agent: string;
}

/** The bar beside a title: colours that show on white and on black. */
const COLORS: Readonly<Record<MessageEvent, string>> = {
  down: "#d93025",
  reminder: "#d93025",
  degraded: "#e08600",
  unknown: "#80868b",
  up: "#1e9e4a",
  test: "#3b82f6",
};

const FONT =
  "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/**
 * A letter as HTML for e-mail. It sets no colour of text and no background, so that
 * mail programs can show it in the dark.
 */
export function htmlOf(
  { event, title, content, agent }: HtmlContent,
): string {
  const { lines, rest, notes, facts } = content;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(title)}</title>
</head>
<body style="margin:0;padding:16px">
<div role="main" style="max-width:640px;${FONT};font-size:15px;line-height:1.5">
<h1 style="margin:0 0 16px;padding:2px 0 2px 12px;border-left:5px solid ${
    COLORS[event]
  };font-size:18px;line-height:1.35;font-weight:bold;overflow-wrap:anywhere">${
    escaped(title)
  }</h1>
${lines.length > 0 ? list(lines, rest) : ""}${notes.map(paragraph).join("")}${
    facts.length > 0 ? table(facts) : ""
  }<p style="margin:20px 0 0;font-size:12px;opacity:.7">${escaped(agent)}</p>
</div>
</body>
</html>
`;
}

function list(lines: readonly Line[], rest: number): string {
  const items = lines.map(({ name, what, url }) =>
    `<li style="margin:0 0 6px"><b>${
      url === null ? escaped(name) : link(url, name)
    }</b>: ${escaped(what)}</li>\n`
  );
  if (rest > 0) items.push(`<li>and ${rest} more</li>\n`);
  return `<ul style="margin:0 0 16px;padding:0 0 0 20px;overflow-wrap:anywhere">
${items.join("")}</ul>
`;
}

function paragraph(text: string): string {
  return `<p style="margin:0 0 16px">${escaped(text)}</p>\n`;
}

function table(facts: readonly Fact[]): string {
  const rows = facts.map(({ label, value, isLink }) =>
    `<tr><th scope="row" style="padding:3px 16px 3px 0;text-align:left;vertical-align:top;font-weight:normal;white-space:nowrap;opacity:.7">${
      escaped(label)
    }</th><td style="padding:3px 0;vertical-align:top;overflow-wrap:anywhere;word-break:break-word">${
      isLink === true ? link(value, value) : escaped(value)
    }</td></tr>\n`
  );
  return `<table cellpadding="0" cellspacing="0" style="border-collapse:collapse;font-size:15px;line-height:1.5">
${rows.join("")}</table>
`;
}

function link(url: string, text: string): string {
  return `<a href="${escaped(url)}">${escaped(text)}</a>`;
}
