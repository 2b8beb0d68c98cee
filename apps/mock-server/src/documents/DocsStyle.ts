/** The style sheet of the page at `/docs`. It loads nothing else. */
export const docsStyle = `
:root {
  color-scheme: light dark;
  --text: #1d2129; --soft: #576070; --line: #dfe3e9; --page: #fff; --panel: #f5f7f9; --link: #0b57b0;
  --key: #7a2c7e; --string: #1b6b3a; --number: #9a4a00;
  --get: #0b57b0; --post: #1b6b3a; --patch: #8a4b00; --delete: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e4e7ec; --soft: #a2abb9; --line: #333a45; --page: #15181d; --panel: #1d2128; --link: #8ab8ff;
    --key: #dba3e0; --string: #8fd6a8; --number: #f0b67a;
    --get: #8ab8ff; --post: #8fd6a8; --patch: #f0b67a; --delete: #ff9d95;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
h1, h2, h3, h4 { line-height: 1.25; margin: 0; }
h1 { font-size: 1.75rem; }
h2 { font-size: 1.4rem; padding-bottom: .4rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.1rem; }
h4 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 1.4rem 0 .5rem; }
p { margin: .6rem 0; max-width: 46rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .4rem .8rem; z-index: 1; }
.layout { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 82rem; margin: 0 auto; }
nav { border-right: 1px solid var(--line); }
nav > div { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: 1.5rem 1rem 2rem; font-size: .9rem; }
nav h2 { font-size: .8rem; border: 0; padding: 0; margin: 1.2rem 0 .3rem; color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: flex; gap: .6rem; padding: .22rem .4rem; border-radius: 4px; color: var(--text); text-decoration: none; }
nav h2 a { padding: 0; color: inherit; }
nav a:hover { background: var(--panel); }
nav .method { width: 3.6rem; flex: none; }
main { padding: 1.5rem 2.5rem 6rem; min-width: 0; }
section { margin-top: 2.5rem; }
article { margin-top: 1.8rem; padding-bottom: 1.8rem; border-bottom: 1px solid var(--line); }
article:last-child { border-bottom: 0; }
.anchor { color: var(--soft); text-decoration: none; margin-left: .4rem; opacity: 0; }
:is(h2, h3):hover .anchor, .anchor:focus { opacity: 1; }
.route { margin: .4rem 0; overflow-wrap: anywhere; }
.method { font-weight: 700; font-size: .8em; letter-spacing: .03em; }
.get { color: var(--get); } .post { color: var(--post); } .patch { color: var(--patch); } .delete { color: var(--delete); }
.fields { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); max-width: 52rem; }
.fields > li { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: .1rem 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
.fields p { margin: 0; }
.name { font-weight: 600; overflow-wrap: anywhere; }
.type { display: block; font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; }
.rules { font-size: .875rem; color: var(--soft); overflow-wrap: anywhere; }
.required { color: var(--delete); font-size: .8rem; }
pre { margin: .5rem 0; padding: .8rem 1rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; max-width: 52rem; }
.status { font-weight: 700; margin-right: .5rem; }
.k { color: var(--key); } .s { color: var(--string); } .n { color: var(--number); }
@media (max-width: 56rem) {
  .layout { grid-template-columns: minmax(0, 1fr); }
  nav { border-right: 0; border-bottom: 1px solid var(--line); }
  nav > div { position: static; max-height: none; padding: 1rem; }
  nav .deep { display: none; }
  main { padding: 1rem 1rem 4rem; }
  .fields > li { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  nav, .skip, .anchor { display: none; }
  .layout { display: block; }
}
`
