/** The style of a list of incidents. */
export const INCIDENT_STYLE: string = `
.incidents { list-style: none; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
.incidents li { display: grid; grid-template-columns: 1.3rem minmax(0, 1fr) max-content; gap: .1rem .8rem; align-items: baseline; padding: .6rem 1.1rem; }
.incidents li + li { border-top: 1px solid var(--line); }
.incidents .alarm { box-shadow: inset .25rem 0 var(--unhealthy); }
.incidents b { width: 1.3rem; overflow: hidden; white-space: nowrap; font-weight: 400; }
.incidents b::before { content: var(--sign) / ""; color: var(--status); display: inline-block; width: 1.3rem; margin-right: 1rem; text-align: center; }
.over { --sign: "\\2713"; --status: var(--quiet); }
.incidents div { overflow-wrap: anywhere; }
.incidents div a { font-weight: 600; margin-right: .4rem; }
.incidents small { display: block; color: var(--quiet); font-size: .85rem; }
.incidents small a { font-weight: 400; margin: 0; }
.when { display: grid; grid-template-columns: max-content 7.5rem; gap: 1rem; color: var(--quiet); font-size: .9rem; }
.when span { text-align: right; }
@media (max-width: 50rem) { .incidents li { grid-template-columns: 1.3rem minmax(0, 1fr); padding: .6rem .8rem; } .when { grid-column: 2; grid-template-columns: max-content max-content; } }
`;
