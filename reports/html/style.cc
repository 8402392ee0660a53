// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/html/page.h"

namespace shmspec::reports {

// Text and signs keep a contrast of 4.5 to 1 in both colour schemes (WCAG 2.2, 1.4.3), and no
// status is shown by its colour alone (1.4.1).
std::string_view PageStyle() {
  return R"css(
:root { color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --ink: #1b1e23; --soft: #555c66; --line: #dcdad5;
  --pass: #17703a; --fail: #b3161f; --unresolved: #8a5200; --unsupported: #59616d;
  --untested: #59616d; --observed: #1d5fae; --accent: #1d5fae; --mark: #fdecea; --code: #f1efeb;
  --pass-tile: #37a363; --untested-tile: #c3bfb7; --unsupported-tile: #a5a9b0; }
@media screen and (prefers-color-scheme: dark) { :root {
  --paper: #14171b; --card: #1c2025; --ink: #e7e9ec; --soft: #a6adb7; --line: #363c44;
  --pass: #66cf8d; --fail: #ff8f88; --unresolved: #f3bb55; --unsupported: #a9b1bc;
  --untested: #a9b1bc; --observed: #83b7ff; --accent: #83b7ff; --mark: #43201f; --code: #262b32;
  --pass-tile: #2f9e5c; --untested-tile: #525a64; --unsupported-tile: #6b737e; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; overflow-wrap: break-word; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main, nav, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: .875em; }
code { overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 2; }
h1, h2, h3, h4 { line-height: 1.2; text-wrap: balance; }
h2 { font-size: 1.6rem; margin: 3.5rem 0 1rem; }
h3 { font-size: 1.15rem; margin: 2rem 0 .75rem; }
h4 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; padding: 0;
  margin: 1rem 0; }
nav a { display: inline-block; padding: .25rem 0; }
.brand { font-weight: 700; padding: .25rem 0; }
.verdicts { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.verdict { border-radius: .75rem; padding: clamp(1.25rem, 4vw, 2.75rem); color: #fff;
  background: #7a4a00; }
.verdict.no { background: #9d111b; }
.verdict.yes { background: #0e5f31; }
.verdict h1, .verdict h2 { margin: .1em 0 .15em; font-weight: 800; letter-spacing: -.02em;
  line-height: 1; font-size: clamp(2.6rem, 9.5vw, 7rem); }
.verdict h2 { font-size: clamp(1.9rem, 3.2vw, 2.4rem); }
.verdict:not(:only-child) { padding: clamp(1rem, 2vw, 1.5rem); }
.verdict p { margin: .35rem 0; }
.verdict .reach { font-size: clamp(1.1rem, 2.4vw, 1.6rem); font-weight: 600; }
.verdict:not(:only-child) .reach { font-size: 1.1rem; }
.verdict a { color: #fff; }
.verdict :focus-visible { outline-color: #fff; }
.verdict code { font-size: 1em; }
.scale { background: var(--card); color: var(--ink); border-radius: .5rem; margin-top: 1.5rem;
  padding: 1rem 1.25rem .5rem; }
.bar { display: block; width: 100%; height: 1rem; border-radius: .25rem; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; margin: .35rem 0 .75rem;
  font-size: .875rem; color: var(--soft); }
.legend b { color: var(--ink); font-size: 1rem; }
.status { font-weight: 700; font-size: .8125rem; white-space: nowrap; }
.status.pass { color: var(--pass); } .status.fail { color: var(--fail); }
.status.unresolved { color: var(--unresolved); } .status.unsupported { color: var(--unsupported); }
.status.untested { color: var(--untested); } .status.observed { color: var(--observed); }
svg .pass { fill: var(--pass-tile); } svg .fail { fill: var(--fail); }
svg .unresolved { fill: var(--unresolved); } svg .unsupported { fill: var(--unsupported-tile); }
svg .untested { fill: var(--untested-tile); } svg .observed { fill: var(--observed); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.word { font-weight: 700; white-space: nowrap; }
.word.no, .failed { color: var(--fail); } .word.yes { color: var(--pass); }
.word.undetermined { color: var(--unresolved); }
abbr { text-decoration: none; }
[hidden] { display: none !important; }
.filter { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center;
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  margin: 1.5rem 0 0; padding: .6rem 1.25rem; }
.filter input[type=search] { font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--soft); border-radius: .3rem; padding: .3rem .6rem; min-height: 2rem;
  flex: 1 1 14rem; min-width: 0; }
.filter fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: .25rem 1rem; align-items: center; }
.filter legend { float: left; padding: 0; color: var(--soft); font-size: .875rem; }
.filter fieldset label { display: inline-flex; align-items: center; gap: .3rem; min-height: 1.75rem; }
.filter input[type=checkbox] { width: 1.1rem; height: 1.1rem; margin: 0; }
.filter button { font: inherit; font-size: .875rem; color: var(--accent); background: none;
  border: 1px solid var(--line); border-radius: .3rem; padding: .25rem .75rem; min-height: 2rem; }
.filter p { margin: 0; color: var(--soft); font-size: .875rem; }
.filter p:empty { display: none; }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; }
.tile, .tiles i { display: inline-block; width: .8rem; height: .8rem; border-radius: .15rem;
  background: var(--untested-tile); }
.tile.pass, .tiles .pass { background: var(--pass-tile); }
.tile.fail, .tiles .fail { background: var(--fail); outline: 2px solid var(--fail); }
.tile.unresolved, .tiles .unresolved { background: var(--unresolved); border-radius: 50%; }
.tile.unsupported, .tiles .unsupported { background: var(--unsupported-tile); height: .4rem; }
.tile.untested, .tiles .untested { background: none; border: 1.5px solid var(--untested-tile); }
.tile.observed, .tiles .observed { background: var(--observed); border-radius: 50%; }
.tiles { display: flex; flex-wrap: wrap; gap: .2rem; align-items: center; }
.chapter { border-top: 1px solid var(--line); }
.chapter:last-of-type { border-bottom: 1px solid var(--line); }
.chapter > summary { display: grid; grid-template-columns: 17rem 1fr; gap: .25rem 1.25rem;
  padding: .7rem .25rem; cursor: pointer; }
.chapter > summary:hover { background: var(--card); }
.name { font-weight: 600; }
.name::before { content: "▸"; display: inline-block; width: 1.1em; color: var(--soft); }
[open] > summary > .name::before { content: "▾"; }
.strips { display: grid; gap: .6rem; }
.strip { display: grid; grid-template-columns: 1fr 13rem; gap: .1rem 1.25rem;
  align-items: center; }
.strip .who { grid-column: 1 / -1; }
.who { color: var(--soft); font-size: .875rem; }
.tally { color: var(--soft); font-size: .875rem; font-weight: 400; text-align: right; }
.tally b { color: var(--fail); }
.scroll { position: relative; overflow-x: auto; margin: .5rem 0 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
caption .tally { margin-left: 1rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem .25rem;
  border-bottom: 1px solid var(--line); }
thead th .tally { white-space: nowrap; }
thead th { color: var(--soft); font-size: .8125rem; font-weight: 600; }
tbody th { font-weight: 400; }
.matrix { min-width: 34rem; }
.matrix tbody th code { font-weight: 600; display: block; }
.matrix tbody th span { color: var(--soft); }
.facts { min-width: 34rem; }
.facts tbody th { min-width: 11rem; }
.numbers td, .numbers thead th + th { text-align: right; font-variant-numeric: tabular-nums; }
.overview tbody th, .columns tbody th { min-width: 14rem; position: sticky; left: 0;
  background: var(--paper); }
.failed { white-space: nowrap; }
.differs th { font-weight: 700; }
.when { color: var(--soft); font-size: .8125rem; font-weight: 400; }
.sufferers > div, .terms > div { display: grid; grid-template-columns: 14rem 1fr; gap: 0 1.25rem;
  padding: .5rem 0; border-bottom: 1px solid var(--line); }
.sufferers dt { font-weight: 600; } .terms dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.chapter[open], .scroll[data-holds] { content-visibility: auto; contain-intrinsic-size: auto 40rem; }
.card { content-visibility: auto; contain-intrinsic-size: auto 30rem; background: var(--card); border: 1px solid var(--line); border-left: .4rem solid var(--fail);
  border-radius: .5rem; margin: 1.25rem 0; padding: .9rem 1.25rem; }
.card.unresolved { border-left-color: var(--unresolved); }
.card h3 { display: inline; margin: 0; font-size: 1.05rem; }
.card summary, details > summary { cursor: pointer; }
summary { padding: .2rem 0; }
.reason { font-size: 1.05rem; }
.objections { display: grid; gap: .75rem; margin: 1rem 0;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.objections > div { background: var(--code); border-radius: .4rem; padding: .6rem .9rem; }
.objections dt { color: var(--soft); font-size: .8125rem; font-weight: 600; }
.objections .seen { color: var(--fail); font-weight: 600; }
.objections .allowed { color: var(--pass); font-weight: 600; }
.objections mark { background: var(--mark); color: inherit; padding: .1em .25em;
  border-radius: .2em; text-decoration: underline; }
.requirement { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
.requirement p { margin: .2rem 0; }
.statement { font-size: 1.05rem; }
.source { color: var(--soft); font-size: .875rem; }
.lanes { min-width: 30rem; }
.lanes th, .lanes td { border-bottom: 1px solid var(--line); }
.lanes td + td, .lanes th + td, .lanes thead th + th { border-left: 1px dashed var(--line);
  padding-left: .75rem; }
.lanes tbody th { width: 4.5rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.lanes .acts { min-width: 13rem; }
.lanes .outcome { display: block; color: var(--soft); }
.lanes .race th { border-left: .3rem solid var(--observed); padding-left: .5rem; }
.lanes .offending { background: var(--mark); }
.lanes .offending .outcome, .offends { color: var(--fail); }
.lanes .offending .outcome { font-weight: 700; }
pre { background: var(--code); padding: .75rem 1rem; border-radius: .4rem; overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; }
pre mark { background: var(--mark); color: var(--fail); font-weight: 700; }
.plot { display: block; width: 100%; min-width: 44rem; height: auto; }
.plot text { fill: var(--soft); font-size: 13px; }
.plot line { stroke: var(--line); }
.plot .median { fill: var(--ink); }
.plot .interval { stroke: var(--observed); stroke-width: 5; stroke-linecap: round; }
.plot .curve { fill: none; stroke: var(--observed); stroke-width: 2; }
.litmus, .multiples { display: grid; gap: 0 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.litmus figure, .multiples figure { margin: 0; min-width: 0; max-width: 36rem; }
.litmus p, .multiples p { margin: .25rem 0; }
.litmus .plot, .multiples .plot { min-width: 22rem; }
.litmus tspan { fill: var(--ink); font-weight: 700; }
.litmus rect { fill: var(--soft); } .litmus rect.weak { fill: var(--observed); }
.litmus rect.torn { fill: var(--unresolved); }
.numbers .words { text-align: left; }
footer { color: var(--soft); font-size: .875rem; padding-top: 3rem; padding-bottom: 3rem; }
@media (max-width: 48rem) {
  .chapter > summary, .sufferers > div, .terms > div { grid-template-columns: 1fr; }
  .strip { grid-template-columns: 1fr; }
  .tally { text-align: left; }
  caption .tally { display: block; margin-left: 0; }
  h2 { margin-top: 2.5rem; }
}
@media print {
  :root { color-scheme: light; font-size: 8.5pt; --paper: #fff; --card: #fff; --ink: #000;
    --soft: #444; --line: #bbb; --code: #f4f4f4; }
  main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  .verdict h1 { font-size: 5rem; }
  nav, .skip, .filter { display: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .verdict, tr, .requirement, .objections, figure, .plot, caption { break-inside: avoid; }
  h2, h3, h4, summary, caption, thead { break-after: avoid; }
  .scroll, pre { overflow: visible; }
  .card, .chapter[open], .scroll[data-holds] { content-visibility: visible; }
  .matrix, .lanes, .plot, .facts { min-width: 0; }
  details::details-content { content-visibility: visible; height: auto; }
}
)css";
}

}  // namespace shmspec::reports
