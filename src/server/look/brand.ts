import { html } from "hono/html";
import type { Site } from "../site.ts";
import type { Html } from "./html.ts";

/** What a page is called, with its image and what it is about. */
export function brand(
  { title, logo, description }: Pick<Site, "title" | "logo" | "description">,
  home?: string,
): Html {
  const name = home === undefined
    ? title
    : html`<a href="${home}">${title}</a>`;
  // deno-fmt-ignore
  return html`<p id="brand">${logo === undefined ? "" : html`<img src="${logo}" alt="">`}${name}</p>${description === undefined ? "" : html`<p id="about">${description}</p>`}`;
}
