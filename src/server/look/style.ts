/**
 * The style that all pages share. Each status has a colour, a sign and a word; what
 * is well is quiet.
 */
export const BASE_STYLE: string = `
:root {
  color-scheme: light dark;
  --back: #f7f8f9; --card: #fff; --text: #1d232a; --quiet: #5a6570; --line: #e2e6ea; --slot: #e9ecef;
  --healthy: #1a7f37; --degraded: #8a5a00; --unhealthy: #c4232b; --unknown: #5a6570;
  --one: #2f6bb3; --two: #9dbbe0; --p: #58a978; --w: #d79a21; --f: #d6353d; --e: #8d97a1; --m: #7b8fc7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0e1217; --card: #151b22; --text: #e9eef3; --quiet: #98a3ae; --line: #272f38; --slot: #222a33;
    --healthy: #4cc26f; --degraded: #dba53a; --unhealthy: #ff6f69; --unknown: #98a3ae;
    --one: #6aa5ec; --two: #3c5f8d; --p: #3c8f5b; --w: #c58b23; --f: #f0544f; --e: #77828d; --m: #7486c4;
  }
}
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
body { background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1.4rem 1.2rem; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: 3px; }
.healthy { --status: var(--healthy); --sign: "\\25CF"; }
.degraded { --status: var(--degraded); --sign: "\\25B2"; }
.unhealthy { --status: var(--unhealthy); --sign: "\\2715"; }
.unknown { --status: var(--unknown); --sign: "\\25CB"; }
.maintenance { --status: var(--quiet); --sign: "\\2692"; }
.lost { --status: var(--unknown); --sign: "\\2026"; }
.days g:hover { opacity: .6; }
.s { stroke: var(--slot); } .p { stroke: var(--p); } .w { stroke: var(--w); } .f { stroke: var(--f); } .e { stroke: var(--e); } .m { stroke: var(--m); }
i.p { background: var(--p); } i.w { background: var(--w); } i.f { background: var(--f); } i.e { background: var(--e); } i.m { background: var(--m); } i.n { background: var(--slot); }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; justify-content: space-between; color: var(--quiet); }
#brand { font-weight: 600; color: var(--text); display: flex; align-items: center; gap: .6rem; } #brand a { text-decoration: none; }
img { height: 2rem; max-width: 12rem; }
#about { flex: 1 1 100%; order: 1; }
nav { display: flex; gap: 1.1rem; } nav a { text-decoration: none; color: var(--quiet); } nav a:hover { text-decoration: underline; } nav a[aria-current] { color: var(--text); font-weight: 600; }
.card, #hero { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
#hero { margin-top: .6rem; }
h2 { font-size: 1rem; font-weight: 600; overflow-wrap: anywhere; }
h1 { display: grid; grid-template-columns: max-content 1fr; font-size: clamp(1.25rem, 4.2vw, 1.7rem); font-weight: 600; line-height: 1.25; padding: 1.1rem 1.2rem; overflow-wrap: anywhere; }
h1::before, li b::before, button::before { content: var(--sign) / ""; color: var(--status); display: inline-block; width: 1.2em; text-align: center; margin-right: .35em; }
h1.unhealthy:not(.maintenance) { color: var(--unhealthy); } h1.lost { color: var(--quiet); }
#note { padding: 0 1.2rem 1.1rem; margin-top: -.7rem; color: var(--quiet); }
.none { padding: 3rem 1rem; text-align: center; color: var(--quiet); }
#legend { color: var(--quiet); font-size: .8rem; padding: 1rem .2rem 0; }
i { display: inline-block; width: .35rem; height: .8rem; border-radius: 1px; margin: 0 .3rem 0 .5rem; vertical-align: -.1rem; }
.tone { display: inline-block; }
footer { color: var(--quiet); font-size: .85rem; padding: 1rem .2rem; display: flex; flex-wrap: wrap; gap: .3rem 1rem; }
@media (max-width: 38rem) { body { padding: .8rem .7rem; } h1 { padding: .9rem; } #note { padding: 0 .9rem .9rem; } }
@media print { body { background: none; max-width: none; } footer, nav { display: none; } * { print-color-adjust: exact; } }
`;
