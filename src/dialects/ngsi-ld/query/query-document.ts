import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { allOfFilters, type OpenFilter } from '../../../core/query/linked-filter.ts';
import type { EntitySelector, Filter } from '../../../core/query/query.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import {
  type EntitiesRequest,
  parseEntitiesRequest,
  parseSelector,
  type QueryLimits,
  type Selection,
} from './entities-request.ts';
import type { Parameters } from './parameters.ts';

/** Members whose text, number or flag is that of the parameter of the same name. */
const plainMembers: ReadonlySet<string> = new Set([
  'q',
  'scopeQ',
  'csf',
  'lang',
  'join',
  'joinLevel',
  'expandValues',
  'jsonKeys',
  'entityMap',
  'entityMapLifetime',
  'splitEntities',
]);

/** Members whose array of texts is the list of the parameter of the same name. */
const listMembers: ReadonlySet<string> = new Set(['attrs', 'pick', 'omit', 'containedBy', 'datasetId']);

/**
 * A query as a document: what it says goes into the parameters that say the same, but for its selectors, of which there may be
 * several. Refuses what is no query. [LD 5.2.23] [LD 6.23]
 */
export function parseQueryDocument(
  body: JsonValue,
  given: Parameters,
  vocabulary: LdVocabulary,
  limits: QueryLimits,
): EntitiesRequest {
  if (!isJsonObject(body) || body.type !== 'Query')
    throw invalidRequest('the body must be a JSON object of type Query');
  const parameters = new Map(given);
  let selectors: readonly JsonObject[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (name === 'type' || name === '@context' || name === 'id') continue;
    if (plainMembers.has(name)) parameters.set(name, plainText(name, value));
    else if (listMembers.has(name)) parameters.set(name, listText(name, value));
    else if (name === 'geoQ') setMembers(parameters, name, value, geoMembers);
    else if (name === 'ordering') setMembers(parameters, name, value, orderMembers);
    else if (name === 'entities') selectors = parseSelectors(value);
    else throw invalidRequest(`a Query has no member ${JSON.stringify(name)}`);
  }
  return withSelectors(parameters, selectors, vocabulary, limits);
}

/** Members of a part and the parameters that say the same. [LD 5.2.13] [LD 5.2.43] */
const geoMembers: Readonly<Record<string, string>> = {
  georel: 'georel',
  geometry: 'geometry',
  coordinates: 'coordinates',
  geoproperty: 'geoproperty',
};
const orderMembers: Readonly<Record<string, string>> = {
  orderBy: 'orderBy',
  collation: 'collation',
  coordinates: 'orderFrom',
  geometry: 'orderGeometry',
};

function setMembers(
  parameters: Map<string, string>,
  part: string,
  value: JsonValue,
  names: Readonly<Record<string, string>>,
): void {
  if (!isJsonObject(value)) throw invalidRequest(`${part} must be a JSON object`);
  for (const [member, inner] of Object.entries(value)) {
    const name = Object.hasOwn(names, member) ? names[member] : undefined;
    if (name === undefined) throw invalidRequest(`${part} has no member ${JSON.stringify(member)}`);
    const isList = member === 'orderBy' && Array.isArray(inner);
    const isJson = member === 'coordinates' && typeof inner !== 'string';
    parameters.set(name, isList ? listText(member, inner) : isJson ? JSON.stringify(inner) : plainText(member, inner));
  }
}

function plainText(name: string, value: JsonValue): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalidRequest(`${name} must be a text, a number, true or false`);
}

function listText(name: string, value: JsonValue): string {
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  if (items.length === 0 || !items.every((item) => typeof item === 'string' && item !== '')) {
    throw invalidRequest(`${name} must be an array of at least one text`);
  }
  return items.join(',');
}

/** The selectors of `entities`, unread. */
export function parseSelectors(value: JsonValue): readonly JsonObject[] {
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  if (items.length === 0 || !items.every(isJsonObject)) {
    throw invalidRequest('entities must be an array of at least one selector');
  }
  return items;
}

/** The query of the parameters, of what any of the selectors covers. */
function withSelectors(
  parameters: Map<string, string>,
  documents: readonly JsonObject[],
  vocabulary: LdVocabulary,
  limits: QueryLimits,
): EntitiesRequest {
  const { selectors, filter: any } = readSelectors(documents, vocabulary);
  const isTyped = documents.length > 0 && documents.every(({ type }) => type !== undefined);
  // A selector without a type selects by id alone, which is too wide by itself.
  const request = parseEntitiesRequest(isTyped ? parameters.set('type', '*') : parameters, vocabulary, limits);
  if (selectors.length > 0) return { ...request, selectors };
  if (any === undefined) return request;
  const filter = allOfFilters(request.filter === undefined ? [any] : [any, request.filter]);
  return { ...request, ...(filter !== undefined && { filter }) };
}

/**
 * Which entities any of the selectors covers: as selectors or, where one of them says more than a selector can, as a filter. Neither: all.
 * [LD 5.2.33]
 */
export function readSelectors(documents: readonly JsonObject[], vocabulary: LdVocabulary): Selection {
  const read = documents.map((document) => {
    const filters: OpenFilter[] = [];
    return { selector: parseSelector(termsOf(document), vocabulary, filters), filters };
  });
  if (read.some(({ selector, filters }) => selector === undefined && filters.length === 0)) return { selectors: [] };
  if (read.every(({ filters }) => filters.length === 0)) {
    return { selectors: read.flatMap(({ selector }) => selector ?? []) };
  }
  const filter: OpenFilter = {
    kind: 'or',
    filters: read.map(({ selector, filters }): OpenFilter => {
      return { kind: 'and', filters: [...filters, ...(selector === undefined ? [] : selectorFilters(selector))] };
    }),
  };
  return { selectors: [], filter };
}

function termsOf(document: JsonObject) {
  const { id, idPattern, type } = document;
  for (const member of Object.keys(document)) {
    if (!['id', 'idPattern', 'type'].includes(member)) {
      throw invalidRequest(`a selector of entities has no member ${JSON.stringify(member)}`);
    }
  }
  return {
    ids: id === undefined ? undefined : listText('id', id).split(','),
    idPattern: idPattern === undefined ? undefined : plainText('idPattern', idPattern),
    type: type === undefined ? undefined : plainText('type', type),
  };
}

function selectorFilters({ ids, idPattern, types }: EntitySelector): readonly Filter[] {
  const path = (name: 'id' | 'type') => ({ kind: 'builtin', name }) as const;
  const anyOf = (name: 'id' | 'type', values: readonly string[]): Filter => ({
    kind: 'compare',
    path: path(name),
    operator: '==',
    operands: values.map((value) => ({ kind: 'text', value })),
  });
  return [
    ...(ids === undefined ? [] : [anyOf('id', ids)]),
    ...(types === undefined ? [] : [anyOf('type', types)]),
    ...(idPattern === undefined
      ? []
      : [{ kind: 'compare', path: path('id'), operator: '~=', pattern: idPattern } satisfies Filter]),
  ];
}
