import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { invalidJson } from '../../core/parse-json.ts';
import type { EntitySelector, Filter, GeoFilter, Query } from '../../core/query/query.ts';
import type { ScopePattern } from '../../core/scope.ts';
import { parseCursor } from './cursor.ts';
import { type FilterLanguage, parseFilterExpression } from './filter-expression.ts';
import { parseGeoExpression, parseGeoParameters } from './geo-parameters.ts';
import { type NgsiOption, parseOptions } from './options-parameter.ts';
import { parseOrder } from './order-parameter.ts';
import { parsePage } from './page-parameters.ts';
import { parseSelectorParameters, parseSelectors } from './parse-selectors.ts';
import { type Projection, projectionOf, wholeEntity } from './projection.ts';
import { compatibleText, type TextRules } from './text-rules.ts';
import type { UriParameters } from './uri-parameters.ts';

/** What a query may cost. */
export interface QueryLimits {
  /** Characters of one `q` or `mq`. */
  readonly filterLength: number;
}

/** A question about entities, and how the answer is to be shown. */
export interface EntitiesRequest {
  readonly query: Query;
  readonly projection: Projection;
}

/** What the parameters of a request about one entity ask for. */
export interface EntityParameters {
  readonly type?: string;
  readonly projection: Projection;
}

/** `GET /v2/entities` from its parameters. [V2 list entities] */
export function parseEntitiesRequest(
  parameters: UriParameters,
  scopes: readonly ScopePattern[],
  limits: QueryLimits,
  rules: TextRules = compatibleText,
): EntitiesRequest {
  const selectors = parseSelectorParameters(parameters);
  const geo = parseGeoParameters({
    georel: parameters.get('georel'),
    geometry: parameters.get('geometry'),
    coords: parameters.get('coords'),
  });
  const filters = [
    ...parseText('q', parameters.get('q'), limits, rules),
    ...parseText('mq', parameters.get('mq'), limits, rules),
  ];
  const options = parseOptions(parameters);
  return {
    query: queryOf(parameters, options, scopes, selectors, filters, geo),
    projection: projectionOf(namesOf(parameters.get('attrs')), namesOf(parameters.get('metadata')), options),
  };
}

/** `POST /v2/op/query` from its body and parameters. [V2 query operation] */
export function parseQueryOperation(
  body: JsonValue,
  parameters: UriParameters,
  scopes: readonly ScopePattern[],
  limits: QueryLimits,
  rules: TextRules = compatibleText,
): EntitiesRequest {
  const { entities, attrs, expression, metadata } = parseOperation(body);
  const selectors = entities === undefined ? [] : parseSelectors(entities, rules);
  const { filters, geo } = expression === undefined ? noExpression : parseExpression(expression, limits, rules);
  const options = parseOptions(parameters);
  return {
    query: queryOf(parameters, options, scopes, selectors, filters, geo),
    projection: projectionOf(parseNames('attrs', attrs), parseNames('metadata', metadata), options),
  };
}

/** The parameters of the routes below `/v2/entities/{id}`. [V2 retrieve entity] */
export function parseEntityParameters(parameters: UriParameters): EntityParameters {
  if (parameters.size === 0) return wholeOfAny;
  const type = parameters.get('type');
  const attrs = namesOf(parameters.get('attrs'));
  const metadata = namesOf(parameters.get('metadata'));
  return { ...(type !== undefined && { type }), projection: projectionOf(attrs, metadata, parseOptions(parameters)) };
}

const wholeOfAny: EntityParameters = { projection: wholeEntity };

function queryOf(
  parameters: UriParameters,
  options: ReadonlySet<NgsiOption>,
  scopes: readonly ScopePattern[],
  selectors: readonly EntitySelector[],
  filters: readonly Filter[],
  geo: GeoFilter | undefined,
): Query {
  const filter = conjunctionOf(geo === undefined ? filters : [...filters, geo]);
  const order = parseOrder(parameters.get('orderBy'), geo);
  const after = parameters.get('after');
  if (after !== undefined) checkAfter(parameters);
  return {
    selectors,
    scopes,
    ...(filter !== undefined && { filter }),
    order,
    ...parsePage(parameters),
    ...(after !== undefined && { after: parseCursor(after) }),
    count: options.has('count'),
  };
}

/** A cursor is a place in the order of creation; it takes the place of `offset`. */
function checkAfter(parameters: UriParameters): void {
  for (const other of ['orderBy', 'offset']) {
    if (parameters.has(other)) throw invalidRequest(`Incompatible parameters: after, ${other}`);
  }
}

/** All of the filters; undefined where there are none. */
export function conjunctionOf(filters: readonly Filter[]): Filter | undefined {
  if (filters.length < 2) return filters[0];
  const flat = filters.flatMap((filter) => (filter.kind === 'and' ? filter.filters : [filter]));
  return flat.length > 1 ? { kind: 'and', filters: flat } : flat[0];
}

interface Expression {
  readonly filters: readonly Filter[];
  readonly geo: GeoFilter | undefined;
}

const noExpression: Expression = { filters: [], geo: undefined };

/** The `expression` of a query operation or of a subscription. [V2 query operation] [V2 subscription subject condition] */
export function parseExpression(body: JsonValue, limits: QueryLimits, rules: TextRules): Expression {
  if (!isJsonObject(body)) throw invalidRequest('expression is not an object');
  if (Object.keys(body).length === 0) throw invalidRequest('expression is empty');
  const filters = [
    ...parseText('q', parsePart('q', body), limits, rules),
    ...parseText('mq', parsePart('mq', body), limits, rules),
  ];
  const [geometry, coords, georel] = ['geometry', 'coords', 'georel'].map((name) => parsePart(name, body));
  return { filters, geo: parseGeoExpression({ georel, geometry, coords }) };
}

function parsePart(name: string, body: JsonObject): string | undefined {
  const part = body[name];
  if (part === undefined) return undefined;
  if (typeof part !== 'string') throw invalidRequest(`${name} is not a string`);
  if (part === '') throw invalidRequest(`${name} is empty`);
  return part;
}

function parseText(
  language: FilterLanguage,
  text: string | undefined,
  limits: QueryLimits,
  rules: TextRules,
): Filter[] {
  if (text === undefined) return [];
  if (text.length > limits.filterLength) {
    throw invalidRequest(`${language} length: ${text.length}, max length supported: ${limits.filterLength}`);
  }
  return [parseFilterExpression(language, text, rules)];
}

function parseOperation(body: JsonValue): JsonObject {
  if (!isJsonObject(body)) throw invalidJson();
  const members = Object.keys(body);
  if (members.length === 0) throw invalidRequest('empty payload');
  for (const member of members) {
    if (!operationMembers.has(member)) throw invalidRequest(`Unrecognized field in JSON payload: /${member}/`);
  }
  return body;
}

const operationMembers: ReadonlySet<string> = new Set(['entities', 'attrs', 'expression', 'metadata']);

function parseNames(member: string, value: JsonValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalidRequest(`${member} is not an array`);
  return (value as readonly JsonValue[]).map((name) => {
    if (typeof name !== 'string') throw invalidRequest(`${member} element is not a string`);
    if (name === '') throw invalidRequest(`${member} element is empty`);
    return name;
  });
}

function namesOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',').filter((name) => name !== '');
}
