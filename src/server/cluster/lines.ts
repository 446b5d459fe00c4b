import { html } from "hono/html";
import type { ClusterLog } from "../../core/cluster/status.ts";
import {
  clusterState,
  type ClusterTrouble,
  clusterTroubles,
  troubleText,
} from "../../core/cluster/troubles.ts";
import { wallTime } from "../../io/clock.ts";
import { ago } from "../look/ago.ts";
import { flag, type Html } from "../look/html.ts";
import type { Notice } from "../events/notice.ts";

/** The style of the lines. */
export const LINES_STYLE: string = `
#cluster { border-top: 1px solid var(--line); padding: .5rem 1.1rem; list-style: none; }
#cluster li { display: grid; grid-template-columns: 1.3rem minmax(0, 1fr) max-content; gap: 0 .8rem; padding: .25rem 0; align-items: baseline; }
#cluster b { width: 1.3rem; overflow: hidden; white-space: nowrap; font-weight: 400; } #cluster b::before { width: 1.3rem; margin-right: 1rem; }
#cluster p { overflow-wrap: anywhere; } #cluster a { font-weight: 600; } #cluster time { color: var(--quiet); white-space: nowrap; font-size: .9rem; }
@media (max-width: 38rem) { #cluster { padding: .4rem .8rem; } #cluster li { gap: 0 .6rem; } }
`;

/** What of the cluster somebody should look at, which events keep up to date. */
export function clusterLines(
  troubles: readonly ClusterTrouble[],
  { base, now }: { readonly base: string; readonly now: number },
): Html {
  // deno-fmt-ignore
  return html`<ol id="cluster" aria-label="Cluster"${flag("hidden", troubles.length === 0)}>${troubles.map(({ status, subject, says, namely, since }) => html`<li class="${status}"><b>${status}</b><p><a href="${base}cluster">${subject}</a> ${troubleText(says, namely)}</p>${since === null ? "" : html`<time datetime="${new Date(since).toISOString()}">${ago(now - since)}</time>`}</li>`)}</ol>`;
}

/** The same for events: links are relative to where the app is. */
export function clusterNotice(cluster: ClusterLog): Notice {
  return {
    event: "cluster",
    read() {
      const troubles = clusterTroubles(clusterState(cluster));
      return {
        // How long it has been so is no news.
        key: JSON.stringify(troubles),
        data: () => `${clusterLines(troubles, { base: "", now: wallTime() })}`,
      };
    },
  };
}
