import { html } from "hono/html";
import type { Html } from "./html.ts";

/** The links between the pages of the app. */
export function nav(
  { base, home, current, hasCluster = false }: {
    readonly base: string;
    readonly home: string;
    readonly current: "checks" | "incidents" | "cluster" | undefined;
    /** Whether there is a page of the agents that share the checks. */
    readonly hasCluster?: boolean;
  },
): Html {
  const link = (href: string, name: string): Html =>
    name.toLowerCase() === current
      ? html`<a href="${href}" aria-current="page">${name}</a>`
      : html`<a href="${href}">${name}</a>`;
  return html`<nav aria-label="Pages">${link(home, "Checks")}${
    link(`${base}incidents`, "Incidents")
  }${hasCluster ? link(`${base}cluster`, "Cluster") : ""}</nav>`;
}
