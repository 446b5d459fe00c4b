/** The style of the status page, beside that of all pages. */
export const STYLE: string = `
ol, ul { list-style: none; padding: 0; }
#trouble { display: grid; grid-template-columns: 1.3rem fit-content(18rem) minmax(0, 1fr) max-content; gap: 0 .8rem; border-top: 1px solid var(--line); padding: .5rem 1.1rem; }
#trouble li { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; padding: .25rem 0; align-items: baseline; }
#trouble a { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; grid-column: 2; grid-row: 1; }
#trouble p { grid-column: 3; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#trouble time { grid-column: 4; grid-row: 1; color: var(--quiet); }
#more { color: var(--quiet); padding: 0 1.1rem .9rem 3.2rem; }
li b { width: 1.3rem; overflow: hidden; white-space: nowrap; font-weight: 400; }
li b::before { width: 1.3rem; margin-right: 1rem; }
.healthy b::before, .healthy.maintenance b::before { font-size: .7em; width: 1.85rem; opacity: .85; }
#empty:not([hidden]) ~ #legend, form:has(~ #empty:not([hidden])) { display: none; }
.lost #checks, .lost #trouble, .lost form, .lost #legend { filter: saturate(.15); }
#told { flex-basis: 100%; margin-bottom: .5rem; color: var(--degraded); }
#told li { display: block; overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1rem; }
input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .45rem; padding: .35rem .7rem; }
input { flex: 1 1 12rem; min-width: 0; }
input::placeholder { color: var(--quiet); opacity: 1; }
button { cursor: pointer; }
button:hover { border-color: var(--quiet); }
#go::before { display: none; }
button span { color: var(--quiet); margin-left: .15em; }
button[aria-pressed=true] { border-color: var(--status); box-shadow: inset 0 0 0 1px var(--status); }
#checks section { position: relative; margin-top: 1rem; }
#checks section:not(:has(li:not([hidden]))) { display: none; }
summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .6rem; padding: .35rem 5.5rem .35rem 1.7rem; position: relative; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "\\25B8" / ""; color: var(--quiet); position: absolute; left: .35rem; }
[open] > summary::before { content: "\\25BE" / ""; }
summary h2 { overflow-wrap: break-word; }
summary small { color: var(--status); font-size: .85rem; }
summary small.healthy { color: var(--quiet); }
section > a { position: absolute; right: .4rem; top: .42rem; font-size: .85rem; color: var(--quiet); }
ul { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
ul li { display: grid; grid-template-columns: 1.3rem minmax(0, 1fr) 240px 9.5rem 5.4rem; gap: .1rem 1rem; align-items: center; padding: .5rem 1.1rem; content-visibility: auto; contain-intrinsic-size: auto 3.5rem; }
.past ul li { grid-template-columns: 1.3rem minmax(0, 1fr) 270px 4.6rem 9.5rem 5.4rem; }
ul li + li { border-top: 1px solid var(--line); }
ul li.unhealthy.alarm { box-shadow: inset .25rem 0 var(--unhealthy); }
ul li.degraded.alarm { box-shadow: inset .25rem 0 var(--w); }
li div a { display: block; font-weight: 500; overflow-wrap: anywhere; text-decoration-color: transparent; }
li.alarm div a { font-weight: 600; }
li div a:hover { text-decoration-color: currentColor; }
li small { display: block; color: var(--quiet); font-size: .8rem; overflow-wrap: anywhere; }
li span { display: flex; justify-content: end; align-items: center; white-space: nowrap; color: var(--quiet); }
li span, li time, em { font-size: .9rem; }
li time, em { color: var(--quiet); text-align: right; white-space: nowrap; font-style: normal; }
ul li p { grid-column: 2 / -1; color: var(--status); font-size: .87rem; overflow-wrap: anywhere; }
.bars { position: relative; min-width: 0; }
.bars svg { display: block; width: 100%; height: auto; }
.strip path { stroke-dasharray: .75 .25; stroke-width: 2; fill: none; } .strip .p { opacity: .8; }
.strip .w { stroke-width: 3; } .strip .f { stroke-width: 4; } .strip .e { stroke-width: 1; }
.bars .days { height: 18px; }
.days path { stroke-width: .75; fill: none; } .days .l { stroke-width: 6; stroke-dasharray: .75 .25; } .days .p { opacity: .6; }
.past .strip { position: absolute; left: 0; top: 100%; padding-top: 2px; opacity: 0; pointer-events: none; background: var(--card); }
.past li:hover .strip, .past li:focus-within .strip { opacity: 1; pointer-events: auto; }
.spark { margin-right: auto; width: 90px; height: 15px; overflow: visible; fill: none; stroke: var(--quiet); stroke-width: 1.2; stroke-linejoin: round; opacity: .8; }
.spark path { vector-effect: non-scaling-stroke; }
@media (max-width: 62rem) {
  ul li { grid-template-columns: 1.3rem minmax(0, 270px) minmax(0, 1fr) 9.5rem; gap: .25rem 1rem; }
  .past ul li { grid-template-columns: 1.3rem minmax(0, 270px) minmax(0, 1fr) 9.5rem; }
  li b + div { grid-column: 2 / 4; } ul li time { grid-column: 4; grid-row: 1; }
  .bars { grid-column: 2; grid-row: 2; } em { grid-column: 3; grid-row: 2; text-align: left; } ul li span { grid-column: 4; grid-row: 2; }
}
@media (max-width: 38rem) {
  #trouble { grid-template-columns: 1.3rem minmax(0, 1fr) max-content; gap: 0 .6rem; padding: .4rem .8rem; }
  #trouble p { grid-column: 2 / -1; } #trouble time { grid-column: 3; }
  ul li, .past ul li { grid-template-columns: 1.3rem minmax(0, 1fr) 4.8rem; padding: .6rem .8rem; gap: .3rem .6rem; }
  li b + div { grid-column: 2; } ul li time, ul li span, em { grid-column: 3; } em { text-align: right; }
  .bars .days { height: 15px; } ul li b, ul li time { align-self: start; } .spark, .past li span { display: none; }
}
@media print {
  form, #note, section > a { display: none; }
  li { break-inside: avoid; content-visibility: visible !important; }
}
`;
