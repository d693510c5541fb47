import type { JsonObject, JsonValue } from '../../core/json.ts';
import { parseInstant } from '../../core/time/instant.ts';
import { CkanError } from './ckan-error.ts';
import type { CkanPackage } from './package.ts';
import type { Parameters } from './parameters.ts';
import { type Bound, parseSearch, type SearchQuery } from './search-query.ts';

const defaultRows = 10;
const maxRows = 1000;

/** `package_search`. Refuses questions and sort orders that are none with a `Search Query Error`, as Solr does. */
export function searchPackages(packages: readonly CkanPackage[], parameters: Parameters): JsonObject {
  const filters = [parameters.text('q') ?? '', parameters.text('fq') ?? '', ...(parameters.list('fq_list') ?? [])];
  const queries = filters.map(parseSearch);
  const found = packages.filter((one) => queries.every((query) => holds(query, one)));
  const sort = parameters.text('sort') ?? 'score desc, metadata_modified desc';
  const sorted = sortedBy(sort, found, words(queries[0]));
  const start = parameters.whole('start', 0);
  const rows = parameters.whole('rows', defaultRows, maxRows);
  return {
    count: found.length,
    sort,
    facets: Object.fromEntries(
      facetsOf(found, parameters).map(([field, counts]) => [field, Object.fromEntries(counts)]),
    ),
    results: sorted.slice(start, start + rows),
    search_facets: Object.fromEntries(
      facetsOf(found, parameters).map(([field, counts]) => [
        field,
        {
          title: field,
          items: counts.map(([name, count]) => ({ name, display_name: displayName(found, field, name), count })),
        },
      ]),
    ),
  };
}

function holds(query: SearchQuery, one: CkanPackage): boolean {
  switch (query.kind) {
    case 'all':
      return true;
    case 'and':
      return query.parts.every((part) => holds(part, one));
    case 'or':
      return query.parts.some((part) => holds(part, one));
    case 'not':
      return !holds(query.part, one);
    case 'term':
      return query.field === undefined ? inText(query.text, one) : hasValue(one, query.field, query.text);
    case 'range':
      return valuesOf(one, query.field).some((value) => inRange(value, query.from, query.to));
  }
}

/** Fields whose words are looked for; the whole value of any other field counts. */
const textFields: ReadonlySet<string> = new Set(['title', 'notes', 'text', 'author', 'maintainer']);

function hasValue(one: CkanPackage, field: string, text: string): boolean {
  if (field === '*') return true;
  const values = valuesOf(one, field);
  if (textFields.has(field)) return values.some((value) => folded(value).includes(folded(text).replaceAll('*', '')));
  if (!/[*?]/.test(text)) return values.some((value) => value.toLowerCase() === text.toLowerCase());
  return values.some((value) => wildcardMatches(text.toLowerCase(), value.toLowerCase()));
}

function inText(text: string, one: CkanPackage): boolean {
  const word = folded(text).replaceAll(/[*?]+$/g, '');
  return valuesOf(one, 'text').some((value) => folded(value).includes(word));
}

/** Without accents and case. */
function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Texts of a package by the field of the index of CKAN. */
function valuesOf(one: CkanPackage, field: string): readonly string[] {
  const { organization, groups, tags, resources } = one as unknown as {
    readonly organization: JsonObject;
    readonly groups: readonly JsonObject[];
    readonly tags: readonly JsonObject[];
    readonly resources: readonly JsonObject[];
  };
  switch (field) {
    case 'text':
      return [
        ...texts(one.title_translated),
        ...texts(one.notes_translated),
        one.name,
        String(one.author),
        ...tags.map(({ name }) => String(name)),
      ];
    case 'title_string':
    case 'title':
      return texts(one.title_translated);
    case 'notes':
      return texts(one.notes_translated);
    case 'organization':
      return [String(organization.name)];
    case 'groups':
      return groups.map(({ name }) => String(name));
    case 'tags':
      return tags.map(({ name }) => String(name));
    case 'res_format':
      return resources.map(({ format }) => String(format));
    case 'res_url':
      return resources.map(({ url }) => String(url));
    case 'dataset_type':
      return ['dataset'];
    case 'capacity':
      return ['public'];
    default:
      return field.startsWith('extras_') ? extraOf(one, field.slice('extras_'.length)) : plain(one[field]);
  }
}

function texts(translated: JsonValue | undefined): readonly string[] {
  return typeof translated === 'object' && translated !== null ? Object.values(translated).map(String) : [];
}

function extraOf(one: CkanPackage, key: string): readonly string[] {
  const extras = (one.extras ?? []) as unknown as readonly { readonly key: string; readonly value: string }[];
  return extras.filter((extra) => extra.key === key).map(({ value }) => value);
}

function plain(value: JsonValue | undefined): readonly string[] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
}

function inRange(value: string, from: Bound | undefined, to: Bound | undefined): boolean {
  const order = (bound: Bound) => compareValues(value, bound.text);
  if (from !== undefined && (from.included ? order(from) < 0 : order(from) <= 0)) return false;
  return to === undefined || (to.included ? order(to) <= 0 : order(to) < 0);
}

/** Times as times, texts as texts. */
function compareValues(value: string, bound: string): number {
  const [one, other] = [instantOf(value), instantOf(bound)];
  if (one !== undefined && other !== undefined) return one - other;
  return value < bound ? -1 : value > bound ? 1 : 0;
}

/** `NOW`, with `/DAY` and `-7DAYS` behind it, is the mathematics of dates of Solr, which nobody here computes with. */
function instantOf(text: string): number | undefined {
  if (/^NOW/.test(text))
    throw new CkanError('Search Query Error', `Search Query is invalid: ${text}: name the moment itself`);
  return parseInstant(text);
}

/** `*` and `?` as in Solr; linear in both texts but for the stars. */
function wildcardMatches(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  let at = 0;
  for (const [place, part] of parts.entries()) {
    const found =
      place === parts.length - 1 && place > 0 ? lastPlace(text, part, at) : placeOf(text, part, at, place === 0);
    if (found === -1) return false;
    at = found + part.length;
  }
  return parts.length > 1 || at === text.length;
}

function placeOf(text: string, part: string, from: number, here: boolean): number {
  for (let at = from; at + part.length <= text.length; at += 1) {
    if (fits(text, part, at)) return at;
    if (here) return -1;
  }
  return -1;
}

function lastPlace(text: string, part: string, from: number): number {
  const at = text.length - part.length;
  return at >= from && fits(text, part, at) ? at : -1;
}

function fits(text: string, part: string, at: number): boolean {
  for (let place = 0; place < part.length; place += 1) {
    if (part[place] !== '?' && part[place] !== text[at + place]) return false;
  }
  return true;
}

/** The words that a package is scored by. */
function words(query: SearchQuery | undefined): readonly string[] {
  if (query === undefined) return [];
  if (query.kind === 'and' || query.kind === 'or') return query.parts.flatMap(words);
  return query.kind === 'term' && query.field === undefined ? [folded(query.text)] : [];
}

/** Ties fall back to the name, so that pages never repeat a package. */
function sortedBy(sort: string, packages: readonly CkanPackage[], scored: readonly string[]): readonly CkanPackage[] {
  const keys = sort.split(',').map((key) => {
    const [, field = '', direction = 'asc'] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(key) ?? [];
    if (field === '') throw new CkanError('Search Query Error', `Search Query is invalid: cannot sort by ${key}`);
    return { field, sign: direction.toLowerCase() === 'desc' ? -1 : 1 };
  });
  const keyOf = (one: CkanPackage, field: string): string | number => {
    if (field === 'score') return scored.filter((word) => folded(one.title).includes(word)).length;
    return field === 'title_string' ? folded(one.title) : (valuesOf(one, field)[0] ?? '');
  };
  return packages.toSorted((a, b) => {
    for (const { field, sign } of keys) {
      const [one, other] = [keyOf(a, field), keyOf(b, field)];
      if (one !== other) return one < other ? -sign : sign;
    }
    return a.name < b.name ? -1 : 1;
  });
}

type FacetCounts = readonly (readonly [name: string, count: number])[];

const defaultFacetLimit = 50;

function facetsOf(
  found: readonly CkanPackage[],
  parameters: Parameters,
): readonly (readonly [field: string, counts: FacetCounts])[] {
  const fields = parameters.list('facet.field') ?? [];
  if (!parameters.flag('facet', true)) return [];
  const asked = parameters.text('facet.limit');
  const limit = asked === '-1' ? Number.POSITIVE_INFINITY : parameters.whole('facet.limit', defaultFacetLimit);
  const minimum = parameters.whole('facet.mincount', 1);
  return fields.map((field) => {
    const counts = new Map<string, number>();
    for (const one of found)
      for (const value of new Set(valuesOf(one, field))) counts.set(value, (counts.get(value) ?? 0) + 1);
    const sorted = [...counts]
      .filter(([, count]) => count >= minimum)
      .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return [field, sorted.slice(0, limit)];
  });
}

function displayName(found: readonly CkanPackage[], field: string, name: string): string {
  const things = found.flatMap((one) => {
    if (field === 'organization') return [one.organization as JsonObject];
    return field === 'groups' ? (one.groups as unknown as readonly JsonObject[]) : [];
  });
  return String(things.find((thing) => thing.name === name)?.title ?? name);
}
