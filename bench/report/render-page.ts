import type { Figures, Row } from '../measure/row.ts';
import type { Report } from './report.ts';
import { megabytes, micros, milliseconds, number, processorRatio, ratioToLimit } from './words.ts';

/** The report as one HTML page that needs nothing else: no script, no font, no network. */
export function renderPage({ at, command, machine, rows }: Report): string {
  const bars = rows.flatMap(({ verdicts }) => verdicts);
  const below = bars.filter(({ holds }) => !holds).length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Oriel: benchmark of ${escaped(at)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Oriel: benchmark</h1>
<p>${escaped(at)} · ${escaped(machine.processor)}, ${machine.cores} cores, ${megabytes(machine.memoryBytes)} · ${escaped(machine.system)} · Node ${escaped(machine.node)}</p>
<p><code>${escaped(command)}</code></p>
<p>${bars.length - below} of ${bars.length} bars hold. All contenders of a workload were measured in turn on the same machine: read the ratios, not the rates.
Latency is that of a full house, except where a rate is fixed.</p>
<nav>${rows.map(({ workload }) => `<a href="#${escaped(workload)}">${escaped(workload)}</a>`).join(' ')}</nav>
</header>
<main>
${rows.map(renderRow).join('\n')}
</main>
</body>
</html>
`;
}

function renderRow(row: Row): string {
  return `<section id="${escaped(row.workload)}">
<h2>${escaped(row.workload)}</h2>
<p>${escaped(row.about)} ${row.entities.toLocaleString('en-GB')} entities.</p>
${row.verdicts
  .map(
    ({ what, measured, bar, holds }) =>
      `<p class="${holds ? 'holds' : 'below'}">${holds ? '✓' : '✗'} ${escaped(what)}: <strong>${number(measured)}</strong>, bar ${number(bar)}</p>`,
  )
  .join('\n')}
<div class="figures">
<div class="charts">${renderRates(row)}${renderLatencies(row)}</div>
<table>
<thead><tr><th>contender</th><th>${row.unit}/s</th><th>of the limit</th><th>by processor</th><th>p50</th><th>p95</th><th>p99</th><th>processor</th><th>peak memory</th></tr></thead>
<tbody>
${row.figures.map((figures) => renderFigures(row, figures)).join('\n')}
</tbody>
</table>
</div>
</section>`;
}

function renderFigures(row: Row, figures: Figures): string {
  const { latency } = figures;
  const cells = [
    number(figures.perSecond),
    number(ratioToLimit(row, figures)),
    number(processorRatio(row, figures)),
    milliseconds(latency?.p50Ms),
    milliseconds(latency?.p95Ms),
    milliseconds(latency?.p99Ms),
    micros(figures.cpuMicros),
    megabytes(figures.peakBytes),
  ];
  return `<tr class="${figures.role}"><th>${escaped(figures.contender)}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

const barHeight = 20;
const gap = 6;
const labelWidth = 150;
const chartWidth = 520;
const plotWidth = chartWidth - labelWidth - 70;

/** Bars of the median, with a line from the slowest to the fastest round. */
function renderRates({ figures, unit }: Row): string {
  const most = Math.max(...figures.flatMap(({ rounds, perSecond }) => [...rounds, perSecond]));
  const bars = figures.map(({ contender, role, perSecond, rounds }, at) => {
    const y = 18 + at * (barHeight + gap);
    const x = (value: number): string => (labelWidth + (value / most) * plotWidth).toFixed(1);
    const middle = y + barHeight / 2;
    return `<text x="${labelWidth - 6}" y="${middle + 4}" text-anchor="end">${escaped(contender)}</text>
<rect class="${role}" x="${labelWidth}" y="${y}" width="${((perSecond / most) * plotWidth).toFixed(1)}" height="${barHeight}"/>
<line x1="${x(Math.min(...rounds))}" x2="${x(Math.max(...rounds))}" y1="${middle}" y2="${middle}"/>
<text x="${Number(x(Math.max(perSecond, ...rounds))) + 6}" y="${middle + 4}">${number(perSecond)}</text>`;
  });
  return chart(`${unit} per second`, figures.length, bars);
}

/** For each contender p50, p95 and p99 as marks on one scale. */
function renderLatencies({ figures }: Row): string {
  const known = figures.flatMap(({ contender, role, latency }) =>
    latency === undefined ? [] : [{ contender, role, latency }],
  );
  if (known.length === 0) return '';
  const most = Math.max(...known.map(({ latency }) => latency.p99Ms));
  const bars = known.map(({ contender, role, latency: { p50Ms, p95Ms, p99Ms } }, at) => {
    const y = 18 + at * (barHeight + gap);
    const middle = y + barHeight / 2;
    const width = (value: number): string => ((value / most) * plotWidth).toFixed(1);
    return `<text x="${labelWidth - 6}" y="${middle + 4}" text-anchor="end">${escaped(contender)}</text>
<rect class="${role} p99" x="${labelWidth}" y="${y}" width="${width(p99Ms)}" height="${barHeight}"/>
<rect class="${role} p95" x="${labelWidth}" y="${y}" width="${width(p95Ms)}" height="${barHeight}"/>
<rect class="${role}" x="${labelWidth}" y="${y}" width="${width(p50Ms)}" height="${barHeight}"/>
<text x="${labelWidth + Number(width(p99Ms)) + 6}" y="${middle + 4}">${milliseconds(p99Ms)}</text>`;
  });
  return chart('latency: p50, p95, p99', known.length, bars);
}

function chart(title: string, count: number, parts: readonly string[]): string {
  const height = 18 + count * (barHeight + gap);
  return `<svg viewBox="0 0 ${chartWidth} ${height}" role="img" aria-label="${escaped(title)}"><text x="${labelWidth}" y="12" class="title">${escaped(title)}</text>${parts.join('')}</svg>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --faint: #667; --oriel: #1f6feb; --target: #bf5b16; --limit: #a9b1bd; --line: #d5d9e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --paper: #14181f; --faint: #9aa4b2; --line: #333b47; --limit: #5b6675; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 1180px; padding: 1.5rem; }
h1, h2 { line-height: 1.2; margin: 0 0 .4rem; }
header p { margin: .2rem 0; color: var(--faint); }
nav { margin-top: .8rem; display: flex; flex-wrap: wrap; gap: .2rem .8rem; }
nav a { color: var(--oriel); }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: 1.2rem; }
section p { margin: .2rem 0; }
.holds strong { color: #1a7f37; } .below strong, .below { color: #d1242f; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; margin-top: .6rem; }
.charts { flex: 1 1 460px; min-width: 0; }
svg { width: 100%; max-width: 520px; display: block; margin-bottom: .6rem; font-size: 12px; fill: var(--ink); }
svg .title { fill: var(--faint); }
svg line { stroke: var(--ink); stroke-width: 1.5; }
rect.oriel { fill: var(--oriel); } rect.target { fill: var(--target); } rect.limit { fill: var(--limit); }
rect.p95 { opacity: .5; } rect.p99 { opacity: .25; }
table { border-collapse: collapse; flex: 1 1 520px; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { text-align: right; padding: .25rem .5rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; } tbody th { font-weight: 600; } tr.limit { color: var(--faint); }
`;
