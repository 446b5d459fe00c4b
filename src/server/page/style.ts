/** The page's style. Each status has a colour, a sign and a word. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --back: #f6f8fa; --card: #fff; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0; --slot: #e6eaef;
  --healthy: #1a7f37; --degraded: #9a6700; --unhealthy: #cf222e; --unknown: #59636e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0d1117; --card: #161b22; --text: #f0f6fc; --quiet: #9198a1; --line: #30363d; --slot: #262c36;
    --healthy: #3fb950; --degraded: #d29922; --unhealthy: #f85149; --unknown: #9198a1;
  }
}
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
body { background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem; font-variant-numeric: tabular-nums; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: 3px; }
.healthy { --status: var(--healthy); --sign: "\\25CF"; }
.degraded { --status: var(--degraded); --sign: "\\25B2"; }
.unhealthy { --status: var(--unhealthy); --sign: "\\2715"; }
.unknown { --status: var(--unknown); --sign: "\\25CB"; }
h1::before, b::before, button::before { content: var(--sign) / ""; display: inline-block; width: 1.4em; text-align: center; margin-right: .2em; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; justify-content: space-between; }
header p { color: var(--quiet); }
h1 { width: 100%; font-size: clamp(1.4rem, 5vw, 2rem); line-height: 1.2; color: var(--status); background: var(--card); border: 1px solid var(--line); border-left: .4rem solid; border-radius: .5rem; padding: 1.1rem .8rem; }
.alarm { display: none; color: var(--degraded); font-weight: 600; }
.lost .alarm { display: block; }
.lost main { filter: saturate(.2); }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1rem; }
input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .35rem .7rem; }
input { flex: 1 1 12rem; min-width: 0; }
button { cursor: pointer; }
button::before { color: var(--status); }
button[aria-pressed=true] { border-color: var(--status); box-shadow: inset 0 0 0 1px var(--status); }
h2 { font-size: 1rem; margin: 1.5rem 0 .4rem .2rem; }
section:not(:has(li:not([hidden]))) { display: none; }
ul { list-style: none; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; margin-top: 1rem; }
h2 + ul { margin-top: 0; }
li { display: grid; grid-template-columns: 7.4rem minmax(0, 1fr) 240px 10.5rem 5.2rem; gap: .1rem 1rem; align-items: center; padding: .55rem .9rem; content-visibility: auto; contain-intrinsic-size: auto 3.6rem; }
li + li { border-top: 1px solid var(--line); }
li.unhealthy { box-shadow: inset .25rem 0 var(--unhealthy); }
li b { color: var(--status); font-weight: 600; white-space: nowrap; }
li div a { display: block; font-weight: 600; overflow-wrap: anywhere; }
li small { display: block; color: var(--quiet); font-size: .8rem; overflow-wrap: anywhere; }
li span { display: flex; gap: .6rem; align-items: center; justify-content: space-between; white-space: nowrap; }
li time { color: var(--quiet); text-align: right; white-space: nowrap; }
li p { grid-column: 2 / -1; color: var(--status); font-size: .87rem; overflow-wrap: anywhere; }
.strip { width: 240px; height: 16px; background: repeating-linear-gradient(90deg, var(--slot) 0 3px, transparent 3px 4px) center / 100% 8px no-repeat; }
.strip path { stroke-dasharray: .75 .25; stroke-width: 2; fill: none; }
.p { stroke: var(--healthy); } .strip .w { stroke: var(--degraded); stroke-width: 3; } .strip .f { stroke: var(--unhealthy); stroke-width: 4; } .strip .e { stroke: var(--unknown); stroke-width: 1; }
.spark { overflow: visible; width: 90px; height: 15px; fill: none; stroke: var(--quiet); stroke-width: 1.3; stroke-linejoin: round; }
.spark path { vector-effect: non-scaling-stroke; }
.none { padding: 3rem; text-align: center; color: var(--quiet); }
footer { color: var(--quiet); font-size: .85rem; padding: 1.2rem .2rem; display: flex; flex-wrap: wrap; gap: .3rem 1rem; }
@media (max-width: 62rem) {
  li { grid-template-columns: 7.4rem minmax(0, 1fr) auto; }
  li div { grid-column: 2; } li time { grid-column: 3; grid-row: 1; }
  .strip { grid-column: 2; grid-row: 2; } li span { grid-column: 3; grid-row: 2; }
}
@media (max-width: 38rem) {
  body { padding: .8rem .6rem; }
  li { grid-template-columns: minmax(0, 1fr) auto; padding: .6rem .7rem; }
  li b { grid-column: 1; } li time { grid-column: 2; } li div, li p { grid-column: 1 / -1; }
  .strip { grid-column: 1; grid-row: auto; max-width: 100%; } li span { grid-column: 2; grid-row: auto; justify-content: end; } .spark { overflow: visible; display: none; }
}
@media print {
  body { background: none; max-width: none; } form, footer, .alarm { display: none; }
  li { break-inside: avoid; content-visibility: visible; } * { print-color-adjust: exact; }
}
`.replaceAll(/\n\s*/g, "\n");
