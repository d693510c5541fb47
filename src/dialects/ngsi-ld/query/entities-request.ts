import { invalidRequest, Refusal } from '../../../core/errors.ts';
import { isUri } from '../../../core/names/uri.ts';
import { allOfFilters, linkDepth, type OpenFilter } from '../../../core/query/linked-filter.ts';
import type { EntitySelector, Filter, OrderKey } from '../../../core/query/query.ts';
import { compileTextPattern, PatternError, type TextPattern } from '../../../core/query/text-pattern.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { type EntityView, parseView, viewParameters } from './entity-view.ts';
import { parseGeoQuery } from './geo-query.ts';
import { parseOrderBy } from './order-by.ts';
import { flagIn, jsonIn, listIn, namesAny, numberIn, type Parameters } from './parameters.ts';
import { parseQ } from './parse-q.ts';
import { parseMemberTree } from './projection.ts';
import { parseScopeQuery } from './scope-query.ts';
import { anyOfTypes, parseTypeSelection, typesFilter } from './type-selection.ts';

/** Which entities a client is after. */
export interface Selection {
  readonly selectors: readonly EntitySelector[];
  readonly filter?: OpenFilter;
}

/** A question about entities, and how the answer is to be shown. */
export interface EntitiesRequest extends Selection {
  readonly order: readonly OrderKey[];
  readonly page: Page;
  readonly view: EntityView;
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
  readonly count: boolean;
}

/** What a query may cost. */
export interface QueryLimits {
  /** Characters of one `q`. */
  readonly filterLength: number;
}

/** Parameters that say which entities are meant. [LD 6.4.3.2] */
export const selectionParameters = [
  'id',
  'idPattern',
  'type',
  'q',
  'csf',
  'scopeQ',
  'georel',
  'geometry',
  'coordinates',
  'geoproperty',
  'expandValues',
  'jsonKeys',
  'local',
  'splitEntities',
  'entityMap',
  'entityMapLifetime',
] as const;

export const pageParameters = ['limit', 'offset', 'count'] as const;

export const orderParameters = ['orderBy', 'collation', 'orderFrom', 'orderGeometry'] as const;

/** All of `GET /entities`. */
export const entitiesParameters = [
  ...selectionParameters,
  ...viewParameters,
  ...pageParameters,
  ...orderParameters,
] as const;

/** Entities in one page, where the client does not say, and at most. [LD 5.5.9] */
export const defaultLimit = 20;
export const maxLimit = 1000;

/** A query from the parameters of its URL. Refuses one that asks for everything. [LD 5.7.2] */
export function parseEntitiesRequest(
  parameters: Parameters,
  vocabulary: LdVocabulary,
  limits: QueryLimits,
): EntitiesRequest {
  const view = parseView(parameters, vocabulary);
  const selection = parseSelection(parameters, vocabulary, limits);
  const depth = selection.filter === undefined ? 0 : linkDepth(selection.filter);
  if (depth > (view.join?.level ?? 0)) {
    throw invalidRequest(`q follows relationships: it needs join, and a joinLevel of at least ${depth}`);
  }
  const order = parseOrder(parameters, vocabulary);
  const page = parsePage(parameters);
  const { selectors, filter } = selection;
  // Spread, the parts would take longer than all the rest of this (bench: `ld-page-20`).
  return filter === undefined ? { selectors, order, page, view } : { selectors, filter, order, page, view };
}

function parseOrder(parameters: Parameters, vocabulary: LdVocabulary): readonly OrderKey[] {
  if (!namesAny(parameters, ordering)) return inOrderOfCreation;
  return parseOrderBy(
    {
      orderBy: parameters.get('orderBy'),
      collation: parameters.get('collation'),
      orderFrom: jsonIn(parameters, 'orderFrom'),
      orderGeometry: parameters.get('orderGeometry'),
    },
    vocabulary,
  );
}

const ordering: ReadonlySet<string> = new Set(orderParameters);
const inOrderOfCreation: readonly OrderKey[] = [];

/** Which entities the parameters mean. [LD 5.7.2] [LD 5.6.21] */
export function parseSelection(parameters: Parameters, vocabulary: LdVocabulary, limits: QueryLimits): Selection {
  const type = parameters.get('type');
  const isLocal = flagIn(parameters, 'local');
  if (type === '*' && parameters.get('local') === 'false')
    throw invalidRequest('type=* is local; local=false contradicts it');
  const filters: OpenFilter[] = [];
  const selector = parseSelector(
    { ids: listIn(parameters, 'id'), idPattern: parameters.get('idPattern'), type },
    vocabulary,
    filters,
  );
  const attrs = parameters.get('attrs');
  if (attrs !== undefined) filters.push(anyAttribute(attrs, vocabulary));
  const q = parameters.get('q');
  if (q !== undefined) filters.push(parseFilterText('q', q, parameters, vocabulary, limits));
  checkDistribution(parameters);
  const csf = parameters.get('csf');
  if (csf !== undefined) parseFilterText('csf', csf, parameters, vocabulary, limits);
  const geo = parseGeoQuery(
    {
      georel: parameters.get('georel'),
      geometry: parameters.get('geometry'),
      coordinates: jsonIn(parameters, 'coordinates'),
      geoproperty: parameters.get('geoproperty'),
    },
    vocabulary,
  );
  if (geo !== undefined) filters.push(geo);
  const hasSystemFilterAlone = filters.length > 0 && filters.every(isAboutSystemAttributes);
  if (type === undefined && !isLocal && (filters.length === 0 || hasSystemFilterAlone)) {
    throw invalidRequest('the query is too wide: it needs type, attrs, q or georel, or local=true');
  }
  const scopeQ = parameters.get('scopeQ');
  if (scopeQ !== undefined) filters.push(parseScopeQuery(scopeQ));
  const filter = allOfFilters(filters);
  const selectors = selector === undefined ? [] : [selector];
  return filter === undefined ? { selectors } : { selectors, filter };
}

const duration = /^P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/;

/**
 * Refuses what distributed operations are told where it is not well formed. None of it means anything while nothing is distributed: who asks
 * for an entity map is declined one, by an answer that names none. [LD 5.5.14] [LD 6.4.3.2]
 */
export function checkDistribution(parameters: Parameters): void {
  flagIn(parameters, 'splitEntities');
  flagIn(parameters, 'entityMap');
  const lifetime = parameters.get('entityMapLifetime');
  if (lifetime !== undefined && !duration.test(lifetime)) {
    throw invalidRequest(`entityMapLifetime ${JSON.stringify(lifetime)} is no duration such as PT10M`);
  }
}

/** What one selector of entities says. [LD 5.2.33] */
export interface SelectorTerms {
  readonly ids?: readonly string[] | undefined;
  readonly idPattern?: string | undefined;
  readonly type?: string | undefined;
}

/** The selector; what only a filter can say goes to `filters`. Undefined where nothing is left to select by. */
export function parseSelector(
  { ids, idPattern, type }: SelectorTerms,
  vocabulary: LdVocabulary,
  filters: OpenFilter[],
): EntitySelector | undefined {
  for (const id of ids ?? []) if (!isUri(id)) throw invalidRequest(`id: ${JSON.stringify(id)} is no URI`);
  const selection = type === undefined || type === '*' ? undefined : parseTypeSelection(type, vocabulary);
  const types = selection === undefined ? undefined : anyOfTypes(selection);
  if (selection !== undefined && types === undefined) filters.push(typesFilter(selection));
  if (ids === undefined && idPattern === undefined) return types === undefined ? undefined : { types };
  return {
    ...(ids !== undefined && { ids }),
    ...(idPattern !== undefined && { idPattern: parsePattern(idPattern) }),
    ...(types !== undefined && { types }),
  };
}

function parsePattern(source: string): TextPattern {
  try {
    return compileTextPattern(source);
  } catch (error) {
    if (error instanceof PatternError) throw invalidRequest(`idPattern: ${error.message}`);
    throw error;
  }
}

/** The filter of `q`, or of `csf`. Refuses one that is too long. */
export function parseFilterText(
  name: string,
  text: string,
  parameters: Parameters,
  vocabulary: LdVocabulary,
  limits: QueryLimits,
): OpenFilter {
  if (text.length > limits.filterLength) {
    throw invalidRequest(`${name} has ${text.length} characters, at most ${limits.filterLength} are allowed`);
  }
  const asJson = new Set(listIn(parameters, 'jsonKeys'));
  const expanded = (listIn(parameters, 'expandValues') ?? [])
    .filter((term) => !asJson.has(term))
    .map((term) => vocabulary.expand(term));
  return parseQ(text, { vocabulary, expandValues: new Set(expanded) });
}

/** Entities that have one of the attributes at least. [LD 5.7.2] */
function anyAttribute(attrs: string, vocabulary: LdVocabulary): Filter {
  const names = [...parseMemberTree('attrs', attrs, vocabulary).keys()];
  return {
    kind: 'or',
    filters: names.map(
      (attribute): Filter =>
        attribute === 'createdAt' || attribute === 'modifiedAt'
          ? { kind: 'exists', path: { kind: 'builtin', name: attribute } }
          : {
              kind: 'exists',
              path: { kind: 'attribute', attribute, subAttributes: [], members: [], instances: 'any' },
            },
    ),
  };
}

/** Tells whether the filter looks at nothing but what every entity has. */
function isAboutSystemAttributes(filter: OpenFilter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.every(isAboutSystemAttributes);
    case 'not':
      return isAboutSystemAttributes(filter.filter);
    case 'exists':
    case 'compare':
      return filter.path.kind === 'builtin' && filter.path.attribute === undefined;
    default:
      return false;
  }
}

/** Which part of the answer is asked for. [LD 6.3.10] [LD 6.3.13] */
export function parsePage(parameters: Parameters): Page {
  const count = flagIn(parameters, 'count');
  const limit = numberIn(parameters, 'limit', 0) ?? defaultLimit;
  if (limit === 0 && !count) throw invalidRequest('limit=0 asks for the count alone: it needs count=true');
  if (limit > maxLimit) throw new Refusal({ kind: 'limitReached', what: 'elements of a page', limit: maxLimit });
  return { offset: numberIn(parameters, 'offset', 0) ?? 0, limit, count };
}
