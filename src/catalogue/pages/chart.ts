import { html, type Markup } from './html.ts';
import type { Words } from './words.ts';

const width = 800;
const height = 260;
const floor = height - 28;
const bars = 16;

/** How numbers are spread, as bars; the same as text for who cannot see them. Undefined for no numbers. */
export function renderChart(values: readonly number[], name: string, words: Words): Markup | undefined {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  const [least, most] = [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  const count = least === most ? 1 : bars;
  const counts = new Array<number>(count).fill(0);
  for (const value of finite) {
    const place = least === most ? 0 : Math.min(count - 1, Math.floor(((value - least) / (most - least)) * count));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const highest = Math.max(...counts);
  const step = (width - 60) / count;
  const edge = (place: number) => words.number.format(least + ((most - least) * place) / count);
  const shown = counts.map((found, place) => {
    const tall = (found / highest) * (floor - 24);
    const label = words.valuesFrom(edge(place), edge(place + 1), found);
    return html`<rect class="bar" x="${round(50 + place * step + 1)}" y="${round(floor - tall)}" width="${round(step - 2)}" height="${round(tall)}"><title>${label}</title></rect>`;
  });
  const caption = words.chartOf(name, finite.length);
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${caption}">
<line class="grid" x1="50" x2="${width - 10}" y1="${floor}" y2="${floor}"/><text x="44" y="${floor}" text-anchor="end">0</text><text x="44" y="24" text-anchor="end">${words.number.format(highest)}</text>
${shown}<text x="50" y="${height - 8}">${edge(0)}</text><text x="${width - 10}" y="${height - 8}" text-anchor="end">${edge(count)}</text>
</svg><figcaption>${caption}</figcaption></figure>`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
