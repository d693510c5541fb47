import type { Geometry } from 'geojson';
import { attributeOf, type Entity } from '../../core/entity/entity.ts';
import type { Column, Dataset } from '../dataset/dataset.ts';
import { textIn } from '../dataset/localized-text.ts';
import { frequencies, highValueCategories, themes } from '../dataset/vocabularies.ts';
import type { Resource } from '../resources.ts';
import { cellOf, placeOf } from '../view/cell.ts';
import { middleOf } from '../view/middle-of.ts';
import { renderChart } from './chart.ts';
import { type Content, html, jsonScript, type Markup } from './html.ts';
import { langOf, layout, type PageContext, path } from './layout.ts';
import { renderMap } from './map.ts';
import { schemaOrg } from './schema-org.ts';

/** Rows of the table; all that are given are on the map and in the chart. */
const tableRows = 20;

/** Dated copies that are listed; the rest is found by machines. */
const listedSnapshots = 30;

/** Characters of one cell that are shown. */
const maxCellLength = 120;

/** What a page shows of a dataset. */
export interface ShownDataset {
  readonly dataset: Dataset;
  readonly resources: readonly Resource[];
  /** The first rows. */
  readonly rows: readonly Entity[];
  /** Of all rows. */
  readonly count: number;
  /** The column of the chart, where the visitor chose one. */
  readonly chart: string | undefined;
}

/** One dataset: what it is, how to get it, where and how its rows are. */
export function datasetPage(context: PageContext, shown: ShownDataset): string {
  const { dataset, resources } = shown;
  const { links, words, languages } = context;
  const title = textIn(dataset.title, languages);
  const content = html`<p><a href="${path(links.catalogue(), words)}">${words.catalogue}</a></p>
<h1${langOf(dataset.title, context)}>${title}</h1>
<p class="lead"${langOf(dataset.description, context)}>${textIn(dataset.description, languages)}</p>
${downloads(context, resources)}
${facts(context, shown)}
${mapSection(context, shown)}
${chartSection(context, shown)}
${tableSection(context, shown)}
${columnsSection(context, dataset)}
${apiSection(context, dataset)}`;
  const head = html`<meta name="description" content="${textIn(dataset.description, languages).slice(0, 300)}">
<link rel="canonical" href="${links.dataset(dataset.id)}">
<link rel="alternate" type="text/turtle" href="${links.dataset(dataset.id, 'ttl')}">
${jsonScript('application/ld+json', schemaOrg(dataset, resources, links, languages))}`;
  return layout(context, title, content, head);
}

function downloads({ words }: PageContext, resources: readonly Resource[]): Markup {
  const live = resources.filter(({ kind }) => kind === 'live');
  const dated = resources.filter(({ kind }) => kind === 'snapshot').slice(0, listedSnapshots);
  return html`<section aria-labelledby="downloads"><h2 id="downloads">${words.downloads}</h2><h3>${words.live}</h3>
<ul class="plain">${live.map(({ label, url, mediaType }) => html`<li><a class="button" href="${url}" type="${mediaType.split(';', 1)[0] ?? ''}" download>${label}</a></li>`)}</ul>
${dated.length === 0 ? undefined : html`<h3>${words.dated}</h3><ul class="plain">${dated.map(({ label, moment, url }) => html`<li><a href="${url}" download>${moment} ${label}</a></li>`)}</ul>`}</section>`;
}

function facts(context: PageContext, { dataset, count }: ShownDataset): Markup {
  const { words, languages } = context;
  const { terms, publisher, contact, licence, attribution, provenance, keywords } = dataset;
  const entries: readonly (readonly [string, Content])[] = [
    [words.publisher, linked(textIn(publisher.name, languages), publisher.homepage)],
    [
      words.contact,
      contact && [
        linked(textIn(contact.name, languages), contact.url),
        contact.email === undefined ? undefined : html` <a href="mailto:${contact.email}">${contact.email}</a>`,
      ],
    ],
    [
      words.licence,
      licence === undefined ? words.notSaid : html`<a rel="license" href="${licence.url}">${licence.title}</a>`,
    ],
    [
      words.attribution,
      attribution && html`<span${langOf(attribution, context)}>${textIn(attribution, languages)}</span>`,
    ],
    [words.themes, terms.themes?.map((code) => textIn(themes[code] ?? {}, languages)).join(', ')],
    [words.keywords, [...keywords.values()].flat().join(', ') || undefined],
    [words.frequency, terms.frequency && textIn(frequencies[terms.frequency] ?? {}, languages)],
    [words.rows, words.number.format(count)],
    [words.issued, dataset.issuedAt && words.date.format(dataset.issuedAt)],
    [words.modified, words.date.format(dataset.modifiedAt)],
    [
      words.highValue,
      terms.highValueCategory && textIn(highValueCategories[terms.highValueCategory]?.label ?? {}, languages),
    ],
    [words.provenance, provenance && html`<span${langOf(provenance, context)}>${textIn(provenance, languages)}</span>`],
    [words.documentation, terms.documentation && linked(terms.documentation, terms.documentation)],
  ];
  const said = entries.filter(([, content]) => content !== undefined && content !== 0);
  return html`<section aria-labelledby="about"><h2 id="about">${words.about}</h2><dl>${said.map(([name, content]) => html`<dt>${name}</dt><dd>${content}</dd>`)}</dl></section>`;
}

function linked(text: string, url: string | undefined): Markup {
  return url === undefined ? html`${text}` : html`<a href="${url}">${text}</a>`;
}

function mapSection({ words }: PageContext, { dataset, rows }: ShownDataset): Markup | undefined {
  const places = rows.flatMap((entity) => {
    const geometry = placeOf(entity, dataset.view.geometry);
    return geometry === undefined ? [] : [{ geometry, name: nameOf(entity, dataset) }];
  });
  const map = renderMap(places, words);
  return map && html`<section aria-labelledby="map"><h2 id="map">${words.map}</h2>${map}</section>`;
}

/** What a row is called: its published name, or else its id. */
function nameOf(entity: Entity, { view }: Dataset): string {
  const column = view.columns.find(
    ({ attribute, path, kind }) => attribute === 'name' && path.length === 0 && kind === 'text',
  );
  const name = column && attributeOf(entity, 'name');
  return name?.kind === 'property' && typeof name.value === 'string' ? name.value : entity.id;
}

function chartSection(context: PageContext, { dataset, rows, chart }: ShownDataset): Markup | undefined {
  const { words, links, languages } = context;
  const numeric = dataset.view.columns.filter(({ kind }) => kind === 'number');
  const column = numeric.find(({ name }) => name === chart) ?? numeric[0];
  if (column === undefined) return undefined;
  const values = rows.map((entity) => cellOf(entity, column)).filter((value) => typeof value === 'number');
  const drawn = renderChart(values, titleOf(column, languages), words);
  const others = numeric.map(
    (one) =>
      html`<li><a href="${path(links.dataset(dataset.id), words, { chart: one.name })}#chart"${one === column ? html` aria-current="true"` : undefined}>${titleOf(one, languages)}</a></li>`,
  );
  return (
    drawn &&
    html`<section aria-labelledby="chart"><h2 id="chart">${words.chart}</h2>${drawn}${numeric.length > 1 ? html`<nav aria-label="${words.chart}"><ul>${others}</ul></nav>` : undefined}</section>`
  );
}

/** What a column is called for people: its title, and the unit, unless that is `one`. [UNECE Recommendation 20] */
function titleOf({ name, title, unit }: Column, languages: readonly string[]): string {
  return `${title === undefined ? name : textIn(title, languages)}${unit === undefined || unit === 'C62' ? '' : ` (${unit})`}`;
}

function tableSection({ words, languages }: PageContext, { dataset, rows, count }: ShownDataset): Markup | undefined {
  if (rows.length === 0) return undefined;
  const { columns } = dataset.view;
  const shown = rows.slice(0, tableRows);
  const caption = words.tableOf(shown.length, count);
  return html`<section aria-labelledby="table"><h2 id="table">${words.table}</h2><div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr><th scope="col">id</th>${columns.map((column) => html`<th scope="col">${titleOf(column, languages)}</th>`)}</tr></thead>
<tbody>${shown.map((entity) => html`<tr><th scope="row">${entity.id}</th>${columns.map((column) => cell(entity, column))}</tr>`)}</tbody></table></div></section>`;
}

function cell(entity: Entity, column: Column): Markup {
  const value = cellOf(entity, column);
  if (value === undefined || value === null) return html`<td></td>`;
  if (typeof value === 'number') return html`<td class="number">${value}</td>`;
  if (column.kind === 'geometry') return html`<td>${placeText(placeOf(entity, column))}</td>`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return html`<td>${text.length <= maxCellLength ? text : `${text.slice(0, maxCellLength)} …`}</td>`;
}

/** Latitude and longitude to about a metre; of a line or an area the middle of its bounds, and what it is. */
function placeText(place: Geometry | undefined): string {
  const [lon, lat] = middleOf(place) ?? [];
  if (place === undefined || lon === undefined || lat === undefined) return '';
  return `${place.type === 'Point' ? '' : `${place.type} `}${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}

function columnsSection(context: PageContext, { view }: Dataset): Markup {
  const { words, languages } = context;
  const lines = view.columns.map(
    ({ name, kind, title, description, unit }) =>
      html`<tr><th scope="row">${name}</th><td>${words.kinds[kind]}</td><td>${unit}</td><td>${[title, description].flatMap((text) => (text === undefined ? [] : [html`<span${langOf(text, context)}>${textIn(text, languages)}</span> `]))}</td></tr>`,
  );
  return html`<section><h2 id="columns">${words.columns}</h2><div class="scroll" role="region" aria-labelledby="columns" tabindex="0"><table>
<thead><tr><th scope="col">${words.column}</th><th scope="col">${words.kind}</th><th scope="col">${words.unit}</th><th scope="col">${words.meaning}</th></tr></thead><tbody>${lines}</tbody></table></div></section>`;
}

function apiSection({ words, links }: PageContext, { id, formats, view }: Dataset): Markup {
  const [first] = formats;
  const calls: readonly (readonly [string, string])[] = [
    ...(first === undefined
      ? []
      : [[first.toUpperCase(), `curl -OJ --compressed '${links.live(id, first)}'`] as const]),
    ['NGSIv2', `curl '${links.ngsi(id)}?options=keyValues&limit=10'`],
    ...(view.geometry === undefined
      ? []
      : [['OGC API – Features', `curl '${links.collection(id)}/items?limit=10'`] as const]),
    ['CKAN DataStore', `curl '${links.action}/datastore_search?resource_id=${id}&limit=10'`],
    ['DCAT-AP', `curl '${links.dataset(id, 'ttl')}'`],
  ];
  return html`<section class="api" aria-labelledby="api"><h2 id="api">${words.api}</h2><p>${words.apiExplained}</p>${calls.map(([name, call]) => html`<h3>${name}</h3><pre><code>${call}</code></pre>`)}
<p>${words.metadata}: <a href="${links.dataset(id, 'ttl')}">Turtle</a>, <a href="${links.dataset(id, 'rdf')}">RDF/XML</a>, <a href="${links.dataset(id, 'jsonld')}">JSON-LD</a></p></section>`;
}
