import { html } from "hono/html";
import type { Html } from "./html.ts";

/** The links between the pages of the app. */
export function nav(
  { base, home, current }: {
    readonly base: string;
    readonly home: string;
    readonly current: "checks" | "incidents" | undefined;
  },
): Html {
  const link = (href: string, name: string): Html =>
    name.toLowerCase() === current
      ? html`<a href="${href}" aria-current="page">${name}</a>`
      : html`<a href="${href}">${name}</a>`;
  return html`<nav aria-label="Pages">${link(home, "Checks")}${
    link(`${base}incidents`, "Incidents")
  }</nav>`;
}
