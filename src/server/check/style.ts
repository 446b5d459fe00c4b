import { INCIDENT_STYLE } from "../incidents/style.ts";

/** The style of the page of a check, beside that of all pages. */
export const STYLE: string = `
.why { padding: 0 1.2rem .8rem; margin-top: -.5rem; overflow-wrap: anywhere; }
.about { padding: 0 1.2rem .9rem; color: var(--quiet); overflow-wrap: anywhere; }
dl div { min-width: 0; }
dt { color: var(--quiet); font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
#facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .8rem 1.4rem; border-top: 1px solid var(--line); padding: 1rem 1.2rem 1.1rem; }
#facts div:first-child { grid-column: 1 / -1; }
main section:not(#hero) { margin-top: 1.6rem; position: relative; }
main h2 { padding: 0 .2rem .45rem; }
.ranges { position: absolute; right: .2rem; top: 0; gap: .9rem; font-size: .9rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem 1.4rem; padding: 1.1rem 1.2rem .4rem; }
.tiles dd { font-size: 1.3rem; font-weight: 600; line-height: 1.3; }
.tiles small { display: block; font-size: .8rem; font-weight: 400; color: var(--quiet); min-height: 1.2em; }
.days { display: block; width: 100%; padding: .5rem 1.2rem 0; height: 2.9rem; }
.days path { stroke-width: .75; }
.days .l { stroke-width: 6; stroke-dasharray: .75 .25; }
.chart { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem .7rem; padding: 1.2rem 1.2rem .2rem; margin: 0; color: var(--quiet); font-size: .8rem; }
.chart svg { width: 100%; height: 11rem; overflow: visible; }
.y { display: flex; flex-direction: column; justify-content: space-between; text-align: right; margin: -.6em 0; line-height: 1.2; }
.x { grid-column: 2; display: flex; justify-content: space-between; }
.chart path { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.grid { stroke: var(--line); stroke-width: 1; }
.p50 { stroke: var(--one); stroke-width: 1.8; } .p95 { stroke: var(--two); stroke-width: 1.2; }
rect.f { fill: var(--f); fill-opacity: .25; stroke: none; } rect.m { fill: var(--m); fill-opacity: .25; stroke: none; }
rect.h { fill: transparent; } rect.h:hover { fill: var(--quiet); fill-opacity: .15; }
.legend { color: var(--quiet); font-size: .8rem; padding: .5rem 1.2rem .9rem; }
i.p50 { background: var(--one); } i.p95 { background: var(--two); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; font-weight: 400; color: var(--quiet); font-size: .8rem; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 1.2rem; }
td:nth-child(3), th:nth-child(3) { text-align: right; padding-right: 1.6rem; }
td:last-child { white-space: normal; width: 100%; min-width: 12rem; overflow-wrap: anywhere; }
tbody tr:last-child td { border-bottom: 0; }
tr.pass td { color: var(--quiet); }
tr.fail td:nth-child(2) { color: var(--unhealthy); font-weight: 600; } tr.warn td:nth-child(2) { color: var(--degraded); font-weight: 600; }
#days { border-top: 1px solid var(--line); } #days summary { padding: .6rem 1.2rem; color: var(--quiet); cursor: pointer; } #days ul { padding: 0 1.2rem .8rem 2.6rem; font-size: .9rem; }
#older { border-top: 1px solid var(--line); } #older summary { padding: .6rem 1.2rem; color: var(--quiet); cursor: pointer; }
.scrolls { overflow-x: auto; }
.lost main section:not(#hero) { filter: saturate(.15); }
@media (max-width: 38rem) { .why, .about { padding-left: .9rem; padding-right: .9rem; } #facts, .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); padding-left: .9rem; } .chart { padding-left: .7rem; } .chart svg { height: 8rem; } }
${INCIDENT_STYLE}`;
