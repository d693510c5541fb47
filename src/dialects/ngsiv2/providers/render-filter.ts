import type { Geometry, Position } from 'geojson';
import type { Comparison, Filter, GeoFilter, Literal, Operand, Path } from '../../../core/query/query.ts';
import { renderInstant } from '../../../core/time/instant.ts';
import { attributePath, metadataPath } from '../builtin-names.ts';
import type { FilterLanguage } from '../filter-expression.ts';

/** The `expression` of a query operation. [V2 query operation] */
export type FilterText = { readonly [Part in 'q' | 'mq' | 'georel' | 'geometry' | 'coords']?: string };

/**
 * Filters all of which must hold, as the text that every broker with NGSIv2 reads: what it has no words for is left out, and so
 * is all but one place; undefined where nothing can be said. [V2 simple query language] [V2 geographical queries]
 */
export function renderFilters(filters: readonly Filter[]): FilterText | undefined {
  const q: string[] = [];
  const mq: string[] = [];
  let place: FilterText | undefined;
  for (const filter of filters) {
    const statement = renderStatement('q', filter);
    const ofMetadata = statement === undefined ? renderStatement('mq', filter) : undefined;
    const geo =
      place === undefined && (filter.kind === 'near' || filter.kind === 'geo') ? renderPlace(filter) : undefined;
    if (statement !== undefined) q.push(statement);
    else if (ofMetadata !== undefined) mq.push(ofMetadata);
    else if (geo !== undefined) place = geo;
  }
  const expression = {
    ...(q.length > 0 && { q: q.join(';') }),
    ...(mq.length > 0 && { mq: mq.join(';') }),
    ...place,
  };
  return Object.keys(expression).length > 0 ? expression : undefined;
}

function renderStatement(language: FilterLanguage, filter: Filter): string | undefined {
  switch (filter.kind) {
    case 'exists':
      return renderPath(language, filter.path);
    case 'not': {
      const path = filter.filter.kind === 'exists' ? renderPath(language, filter.filter.path) : undefined;
      return path === undefined ? undefined : `!${path}`;
    }
    case 'compare': {
      const path = renderPath(language, filter.path);
      const right = path === undefined ? undefined : renderRight(filter);
      return right === undefined ? undefined : `${path}${filter.operator}${right}`;
    }
    default:
      return undefined;
  }
}

function renderRight(comparison: Comparison): string | undefined {
  switch (comparison.operator) {
    case '==':
    case '!=': {
      const operands = comparison.operands.map(renderOperand);
      if (operands.some((operand) => operand === undefined)) return undefined;
      // A list has values of one kind, and none that have no order; a range stands alone.
      const kinds = new Set(comparison.operands.map(({ kind }) => kind));
      const isList = operands.length > 1;
      if (isList && (kinds.size > 1 || kinds.has('range') || kinds.has('boolean') || kinds.has('null')))
        return undefined;
      return operands.join(',');
    }
    case '~=': {
      const { source } = comparison.pattern;
      // What begins or ends with a space, or has a `;` in it, would be read otherwise.
      return source === source.trim() && source !== '' && !/[<>"'=;()]/.test(source) ? source : undefined;
    }
    case '!~=':
      return undefined;
    default:
      return hasOrder(comparison.operand) ? renderLiteral(comparison.operand) : undefined;
  }
}

function hasOrder({ kind }: Literal): boolean {
  return kind !== 'boolean' && kind !== 'null';
}

function renderOperand(operand: Operand): string | undefined {
  if (operand.kind !== 'range') return renderLiteral(operand);
  if (!hasOrder(operand.from) || operand.from.kind !== operand.to.kind) return undefined;
  const from = renderLiteral(operand.from);
  const to = renderLiteral(operand.to);
  return from === undefined || to === undefined ? undefined : `${from}..${to}`;
}

function renderLiteral(literal: Literal): string | undefined {
  switch (literal.kind) {
    case 'number':
    case 'boolean':
      return String(literal.value);
    case 'null':
      return 'null';
    case 'instant':
      return isPlainInstant(literal.value) ? renderInstant(literal.value) : undefined;
    case 'text':
      return hasSyntax(literal.value) ? undefined : `'${literal.value}'`;
    case 'moment':
      return undefined;
  }
}

function isPlainInstant(instant: number): boolean {
  return instant >= Date.UTC(0, 0) && instant < Date.UTC(10_000, 0) && Number.isInteger(instant);
}

/** What text in a filter may not have. [V2 general syntax restrictions] */
function hasSyntax(text: string): boolean {
  return /[<>"'=;()]/.test(text);
}

/** Undefined where the language cannot lead there. */
function renderPath(language: FilterLanguage, path: Path): string | undefined {
  const tokens = tokensOf(path);
  if (tokens === undefined || tokens.some((token) => token === '' || hasSyntax(token))) return undefined;
  const [attribute = '', ...rest] = tokens;
  const back =
    language === 'q' ? attributePath(attribute, rest) : metadataPath(attribute, rest[0] ?? '', rest.slice(1));
  // The other language reads the same tokens as something else, and so are names read that mean something built in.
  if (JSON.stringify(back) !== JSON.stringify(path)) return undefined;
  return tokens.map((token) => (/^[A-Za-z0-9_:@-]+$/.test(token) ? token : `'${token}'`)).join('.');
}

const builtinTokens: ReadonlyMap<string, string> = new Map([
  ['createdAt', 'dateCreated'],
  ['modifiedAt', 'dateModified'],
  ['expiresAt', 'dateExpires'],
]);

function tokensOf(path: Path): readonly string[] | undefined {
  if (path.kind === 'attribute') {
    return path.instances === undefined ? [path.attribute, ...path.subAttributes, ...path.members] : undefined;
  }
  const name = builtinTokens.get(path.name);
  if (name === undefined) return undefined;
  return path.attribute === undefined ? [name] : [path.attribute, name];
}

function renderPlace(filter: GeoFilter): FilterText | undefined {
  if (filter.attribute !== undefined) return undefined;
  if (filter.kind === 'geo') {
    if (filter.relation === 'contains' || filter.relation === 'overlaps') return undefined;
    const shape = renderShape(filter.geometry);
    const isUnheardOf = filter.relation === 'coveredBy' && shape?.geometry !== 'polygon';
    return shape === undefined || isUnheardOf ? undefined : { georel: filter.relation, ...shape };
  }
  if (filter.reference !== undefined) return undefined;
  const limits = (['maxDistance', 'minDistance'] as const).flatMap((name) =>
    filter[name] === undefined ? [] : [`${name}:${filter[name]}`],
  );
  if (limits.length === 0) return undefined;
  return { georel: ['near', ...limits].join(';'), geometry: 'point', coords: renderPositions([filter.center]) };
}

function renderShape(geometry: Geometry): Pick<FilterText, 'geometry' | 'coords'> | undefined {
  switch (geometry.type) {
    case 'Point':
      return { geometry: 'point', coords: renderPositions([geometry.coordinates]) };
    case 'LineString':
      return { geometry: 'line', coords: renderPositions(geometry.coordinates) };
    case 'Polygon': {
      const [ring, ...holes] = geometry.coordinates;
      if (ring === undefined || holes.length > 0) return undefined;
      return { geometry: 'polygon', coords: renderPositions(ring) };
    }
    default:
      return undefined;
  }
}

/** Latitude first. */
function renderPositions(positions: readonly Position[]): string {
  return positions.map(([longitude, latitude]) => `${latitude},${longitude}`).join(';');
}
