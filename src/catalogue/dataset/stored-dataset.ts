import type { Geometry } from 'geojson';
import { invalidRequest } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Filter, Query } from '../../core/query/query.ts';
import type { TenantName } from '../../core/scope.ts';
import { parseFilterExpression } from '../../dialects/ngsiv2/filter-expression.ts';
import { parseGeoValue } from '../../dialects/ngsiv2/parse-geo-value.ts';
import { conjunctionOf } from '../../dialects/ngsiv2/parse-query.ts';
import { parseServicePath } from '../../dialects/ngsiv2/request-headers.ts';
import { freeText } from '../../dialects/ngsiv2/text-rules.ts';
import type { StoredDocument } from '../../ports/document-store.ts';
import type { Column, Dataset, DatasetView, Publisher } from './dataset.ts';
import { type DatasetTerms, type FormatCode, formatCodes, type PublisherTerms } from './dataset-terms.ts';
import type { LocalizedText } from './localized-text.ts';
import { licenceNamed } from './vocabularies.ts';

/** A dataset as the store keeps it: what was said, what was found out then, and when. */
export interface StoredDataset {
  readonly terms: DatasetTerms;
  readonly columns: readonly Column[];
  readonly createdAt: number;
  readonly issuedAt?: number;
  readonly modifiedAt: number;
}

export function documentOf(stored: StoredDataset): JsonObject {
  return stored as unknown as JsonObject;
}

/** The dataset that a stored document means. Throws for one that this release cannot read. */
export function readDataset({ document }: StoredDocument, tenant: TenantName): Dataset {
  const stored = document as unknown as StoredDataset;
  return datasetOf(stored, tenant);
}

/** Refuses a `q`, an area or a service path that is none. */
export function datasetOf(stored: StoredDataset, tenant: TenantName): Dataset {
  const { terms, columns, createdAt, issuedAt, modifiedAt } = stored;
  const { contact, licence, attribution, provenance, snapshots } = terms;
  const view = viewOf(terms, columns);
  const formats = formatsOf(terms, view);
  const language = defaultLanguageOf(terms);
  return {
    id: terms.id,
    tenant,
    published: terms.published === true,
    title: localizedIn(terms.title, language),
    description: localizedIn(terms.description, language),
    publisher: publisherOf(terms.publisher, language),
    ...(contact !== undefined && { contact: { ...contact, name: localizedIn(contact.name, language) } }),
    ...(licence !== undefined && { licence: licenceNamed(licence) }),
    ...(attribution !== undefined && { attribution: localizedIn(attribution, language) }),
    ...(provenance !== undefined && { provenance: localizedIn(provenance, language) }),
    keywords: keywordsOf(terms.keywords, language),
    view,
    formats,
    ...(snapshots !== undefined && {
      snapshots: { ...snapshots, formats: (snapshots.formats ?? formats).filter((code) => formats.includes(code)) },
    }),
    terms,
    createdAt,
    ...(issuedAt !== undefined && { issuedAt }),
    modifiedAt,
  };
}

/** A publisher; texts without a language are in the one given. */
export function publisherOf(terms: PublisherTerms, language: string): Publisher {
  const name = localizedIn(terms.name, language);
  const { uri, homepage, type } = terms;
  return {
    id: slugOf(Object.values(name)[0] ?? ''),
    name,
    ...(uri !== undefined && { uri }),
    ...(homepage !== undefined && { homepage }),
    ...(type !== undefined && { type }),
  };
}

/** A text without a language is taken to be in the first language that another text of the same terms names, else in English. */
export function defaultLanguageOf(terms: {
  readonly title: string | LocalizedText;
  readonly description: string | LocalizedText;
}): string {
  for (const text of [terms.title, terms.description]) {
    if (typeof text !== 'string') return Object.keys(text)[0] ?? 'en';
  }
  return 'en';
}

export function localizedIn(text: string | LocalizedText, language: string): LocalizedText {
  return typeof text === 'string' ? { [language]: text } : text;
}

/** Letters and digits of the text, plain and small, with hyphens for the rest. */
export function slugOf(text: string): string {
  const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const slug = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 100);
  return slug === '' ? 'publisher' : slug;
}

function keywordsOf(keywords: DatasetTerms['keywords'], language: string): ReadonlyMap<string, readonly string[]> {
  if (keywords === undefined) return new Map();
  const byLanguage = Array.isArray(keywords)
    ? { [language]: keywords as string[] }
    : (keywords as Record<string, string[]>);
  return new Map(Object.entries(byLanguage).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Formats that need a place are left out where there is none, unless they were asked for. */
function formatsOf({ formats }: DatasetTerms, { geometry }: DatasetView): readonly FormatCode[] {
  const wanted = formats ?? formatCodes;
  return formatCodes.filter((code) => wanted.includes(code) && (geometry !== undefined || code !== 'geojson'));
}

function viewOf({ view }: DatasetTerms, columns: readonly Column[]): DatasetView {
  const geometry = columns.find(
    ({ kind, attribute, path }) =>
      kind === 'geometry' && path.length === 0 && (view.geometry === undefined || attribute === view.geometry),
  );
  if (view.geometry !== undefined && geometry === undefined) {
    throw invalidRequest(`view.geometry is ${view.geometry}, which is no published attribute that holds places`);
  }
  return {
    types: view.types,
    query: queryOf(view),
    columns,
    ...(geometry !== undefined && { geometry }),
    metadata: view.metadata ?? [],
  };
}

/** The query of a view, without what is asked of it. */
export function queryOf(view: DatasetTerms['view']): Query {
  const filters: Filter[] = [];
  if (view.q !== undefined) filters.push(parseFilterExpression('q', view.q, freeText));
  if (view.area !== undefined) filters.push(areaFilter(view.area as unknown as JsonValue, view.geometry));
  const filter = conjunctionOf(filters);
  return {
    selectors: [{ types: view.types }],
    scopes: parseServicePath(view.servicePaths?.join(','), 'query').scopes,
    ...(filter !== undefined && { filter }),
    order: [],
    offset: 0,
    limit: 0,
    count: false,
  };
}

function areaFilter(area: JsonValue, attribute: string | undefined): Filter {
  const geometry: Geometry | undefined = parseGeoValue('geo:json', area, 'view.area: ')?.geometry;
  if (geometry?.type !== 'Polygon' && geometry?.type !== 'MultiPolygon') {
    throw invalidRequest('view.area is a GeoJSON Polygon or MultiPolygon');
  }
  return { kind: 'geo', ...(attribute !== undefined && { attribute }), relation: 'coveredBy', geometry };
}
