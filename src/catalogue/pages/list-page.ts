import type { CkanPackage } from '../ckan/package.ts';
import { Parameters } from '../ckan/parameters.ts';
import { searchPackages } from '../ckan/search-packages.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { textIn } from '../dataset/localized-text.ts';
import { html, type Markup } from './html.ts';
import { langOf, layout, type PageContext, path } from './layout.ts';

const perPage = 20;

/** A filter that the page offers, and the field of the search behind it. */
const filters = [
  { name: 'theme', field: 'groups' },
  { name: 'publisher', field: 'organization' },
  { name: 'format', field: 'res_format' },
] as const;

type FilterName = (typeof filters)[number]['name'];

/** What the visitor asks the list for. */
export interface ListQuery {
  readonly words: string;
  readonly chosen: Readonly<Partial<Record<FilterName, string>>>;
  /** From 1 on. */
  readonly page: number;
}

export function readListQuery(parameters: URLSearchParams): ListQuery {
  const chosen = filters.flatMap(({ name }) => {
    const value = parameters.get(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  const page = Number(parameters.get('page') ?? 1);
  return {
    words: (parameters.get('q') ?? '').slice(0, 200),
    chosen: Object.fromEntries(chosen),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

interface Found {
  readonly count: number;
  readonly results: readonly CkanPackage[];
  readonly search_facets: Readonly<
    Record<
      string,
      { readonly items: readonly { readonly name: string; readonly display_name: string; readonly count: number }[] }
    >
  >;
}

/** The list of datasets with a search and filters. */
export function listPage(
  context: PageContext,
  packages: readonly CkanPackage[],
  byId: ReadonlyMap<string, Dataset>,
  query: ListQuery,
): string {
  const { words, languages, catalogue, links } = context;
  const found = search(packages, query);
  const title = textIn(catalogue.title, languages);
  const content = html`<h1${langOf(catalogue.title, context)}>${title}</h1>
<p class="lead"${langOf(catalogue.description, context)}>${textIn(catalogue.description, languages)}</p>
<form class="search" role="search" action="${links.catalogue()}" method="get"><label for="q">${words.search}</label><input id="q" name="q" type="search" value="${query.words}"><input type="hidden" name="lang" value="${words.language}"><button>${words.searchButton}</button></form>
<div class="columns"><div class="filters">${filters.map(({ name, field }) => filterList(context, query, name, found.search_facets[field]?.items ?? []))}</div>
<section aria-labelledby="found"><h2 id="found">${words.found(found.count)}</h2>
${found.count === 0 ? html`<p>${words.nothing}</p>` : html`<ul class="datasets">${found.results.map(({ name }) => entry(context, byId.get(name)))}</ul>`}
${pages(context, query, found.count)}</section></div>`;
  return layout(
    context,
    title,
    content,
    html`<link rel="alternate" type="text/turtle" href="${links.catalogue('ttl')}">`,
  );
}

function search(packages: readonly CkanPackage[], { words, chosen, page }: ListQuery): Found {
  const quoted = (text: string) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`;
  const asked = words
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(quoted)
    .join(' ');
  return searchPackages(
    packages,
    new Parameters({
      q: asked,
      fq_list: filters.flatMap(({ name, field }) =>
        chosen[name] === undefined ? [] : [`${field}:${quoted(chosen[name])}`],
      ),
      'facet.field': filters.map(({ field }) => field),
      rows: perPage,
      start: (page - 1) * perPage,
      sort: words === '' ? 'title_string asc' : 'score desc, title_string asc',
    }),
  ) as unknown as Found;
}

function filterList(
  context: PageContext,
  query: ListQuery,
  name: FilterName,
  items: Found['search_facets'][string]['items'],
): Markup | undefined {
  if (items.length === 0) return undefined;
  const { words, links } = context;
  const { [name]: chosen, ...others } = query.chosen;
  const to = (value: Partial<Record<FilterName, string>>) =>
    path(links.catalogue(), words, { ...(query.words !== '' && { q: query.words }), ...others, ...value });
  const heading = { theme: words.themes, publisher: words.publishers, format: words.formats }[name];
  const entries = items.map(
    (item) =>
      html`<li>${choice(to({ [name]: item.name }), `${item.display_name} (${item.count})`, item.name === chosen)}</li>`,
  );
  return html`<h2 id="by-${name}">${heading}</h2><ul aria-labelledby="by-${name}"><li>${choice(to({}), words.all, chosen === undefined)}</li>${entries}</ul>`;
}

function choice(url: string, text: string, isChosen: boolean): Markup {
  return isChosen ? html`<a href="${url}" aria-current="true">${text}</a>` : html`<a href="${url}">${text}</a>`;
}

function entry(context: PageContext, dataset: Dataset | undefined): Markup | undefined {
  if (dataset === undefined) return undefined;
  const { links, words, languages } = context;
  const { id, title, description, publisher, licence } = dataset;
  return html`<li><h2${langOf(title, context)}><a href="${path(links.dataset(id), words)}">${textIn(title, languages)}</a></h2>
<p${langOf(description, context)}>${shortened(textIn(description, languages))}</p><p class="soft">${textIn(publisher.name, languages)}${licence === undefined ? undefined : ` · ${licence.title}`}</p></li>`;
}

function shortened(text: string): string {
  return text.length <= 240 ? text : `${text.slice(0, 240).replace(/\s+\S*$/, '')} …`;
}

function pages(context: PageContext, query: ListQuery, count: number): Markup | undefined {
  const last = Math.ceil(count / perPage);
  if (last <= 1) return undefined;
  const { words, links } = context;
  const to = (page: number) =>
    path(links.catalogue(), words, {
      ...(query.words !== '' && { q: query.words }),
      ...query.chosen,
      page: String(page),
    });
  return html`<nav aria-label="${words.found(count)}"><ul>${query.page > 1 ? html`<li><a rel="prev" href="${to(query.page - 1)}">${words.previous}</a></li>` : undefined}<li>${query.page} / ${last}</li>${query.page < last ? html`<li><a rel="next" href="${to(query.page + 1)}">${words.next}</a></li>` : undefined}</ul></nav>`;
}
