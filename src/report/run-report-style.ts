/** The style sheet of the report: readable on a screen, dark or light, and on paper. */
export const RUN_REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d5dae1; --ground: #ffffff; --panel: #f5f7f9;
  --done: #1a7f4b; --partial: #9a6a00; --failed: #c0362c; --other: #7b8794; --soak: #ffffff; --busy: #3b6fb6; --rest: #b9c3cf; --alarm: #c0362c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa6b5; --line: #364150; --ground: #12171e; --panel: #1a212b;
  --done: #3fae74; --partial: #d29d2b; --failed: #f0695e; --other: #8793a2; --soak: #12171e; --busy: #6a9de0; --rest: #465263; --alarm: #f0695e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; } .soft, dt, th, .tick { color: var(--soft); }
.state { display: inline-block; padding: 0 .6em; border: 1px solid currentColor; border-radius: 1em; font-size: .9rem; vertical-align: .15em; }
.good { color: var(--done); } .bad { color: var(--failed); } .open { color: var(--partial); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .75rem 0; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; } th { text-align: left; font-weight: 600; }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td.figure, th.figure { text-align: right; white-space: nowrap; }
code, pre { font: .88rem/1.45 ui-monospace, monospace; } pre { background: var(--panel); padding: .6rem .8rem; overflow-x: auto; }
.scroll { overflow-x: auto; } .halt { border-left: 4px solid var(--alarm); padding: .1rem 0 .1rem 1rem; margin: 1rem 0; }
ul { margin: .4rem 0; padding-left: 1.2rem; }
.timeline { width: 100%; min-width: 40rem; height: auto; font: 11px system-ui, sans-serif; }
.timeline text { fill: var(--ink); } .timeline .tick { fill: var(--soft); font-size: 10px; } .timeline .wave { font-weight: 600; font-size: 12px; }
.grid { stroke: var(--line); stroke-width: 1; } .break { fill: var(--panel); stroke: var(--line); stroke-dasharray: 3 3; }
.phase { fill: var(--rest); } .phase.preflight { fill: var(--soft); } .phase.running { fill: var(--busy); } .phase.halted, .phase.aborting { fill: var(--alarm); }
.phase.paused { fill: var(--partial); }
.bar { fill: var(--other); } .bar.done { fill: var(--done); } .bar.partial, .bar.unfinished { fill: var(--partial); } .bar.failed { fill: url(#hatch); stroke: var(--failed); }
.hatch-ground { fill: var(--ground); } .hatch-line { fill: var(--failed); } .soak { fill: var(--soak); opacity: .75; }
.timeline .label { fill: #ffffff; } .timeline .failed ~ .label { fill: var(--ink); paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
@media (prefers-color-scheme: dark) { .timeline .label { fill: #0b0f14; } }
.legend { font-size: .85rem; } .legend b { font-weight: 600; }
footer { margin-top: 2.5rem; font-size: .85rem; color: var(--soft); }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --ground: #fff; --panel: #f2f2f2; --done: #1a7f4b; --partial: #9a6a00; --failed: #c0362c; --other: #7b8794; --soak: #fff; --busy: #3b6fb6; --rest: #b9c3cf; --alarm: #c0362c; }
  body { max-width: none; padding: 0; font-size: 10pt; } .timeline { min-width: 0; } .timeline .label { fill: #fff; } tr, .halt { break-inside: avoid; } h2 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
