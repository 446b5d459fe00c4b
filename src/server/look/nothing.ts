import { html } from "hono/html";
import type { Site } from "../site.ts";
import type { Base } from "./base.ts";
import { brand } from "./brand.ts";
import { document } from "./document.ts";
import type { Html } from "./html.ts";

/** The page where there is nothing to show. */
export function nothingPage(
  { message, site, links: { base, home }, nonce, now }: {
    readonly message: string;
    readonly site: Pick<Site, "title" | "logo" | "description">;
    readonly links: Base;
    readonly nonce: string;
    readonly now: number;
  },
): Html {
  // deno-fmt-ignore
  return document({
    headline: message,
    title: site.title,
    status: "unknown",
    base, nonce, now,
    header: brand(site, home),
    main: html`<section id="hero"><h1 id="headline" class="unknown">${message}</h1></section>`,
    footer: html`<a href="${home}">all checks</a>`,
  });
}
