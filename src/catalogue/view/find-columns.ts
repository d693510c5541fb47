import { attributeOf, type Entity } from '../../core/entity/entity.ts';
import { invalidRequest } from '../../core/errors.ts';
import { parseInstant } from '../../core/time/instant.ts';
import type { TypeSummary } from '../../ports/entity-store.ts';
import type { Column } from '../dataset/dataset.ts';
import type { ColumnKind, ColumnTerms, DatasetTerms } from '../dataset/dataset-terms.ts';
import { defaultLanguageOf, localizedIn } from '../dataset/stored-dataset.ts';
import { cellOf } from './cell.ts';

/** Names that every row has besides its columns. */
const reserved: ReadonlySet<string> = new Set(['id', 'type', 'lat', 'lon']);

/**
 * The columns that the terms ask for, for good: `*` becomes the attributes that there are now, so that one that comes to be
 * later is not public until a person publishes again; and what a column holds is what the sample holds there.
 *
 * Refuses columns of one name, and an empty list.
 */
export function findColumns(
  terms: DatasetTerms,
  summaries: readonly TypeSummary[],
  sample: readonly Entity[],
): readonly Column[] {
  const language = defaultLanguageOf(terms);
  const columns = wantedColumns(terms.view, summaries).map(
    ({ attribute, path = [], name, kind, title, description, unit }): Column => {
      const plain = {
        name: name ?? [shortNameOf(attribute), ...path].join('.'),
        attribute,
        path,
        kind: kind ?? 'text',
      } as const;
      return {
        ...plain,
        kind: kind ?? kindOf(plain, sample),
        ...(title !== undefined && { title: localizedIn(title, language) }),
        ...(description !== undefined && { description: localizedIn(description, language) }),
        ...(unit !== undefined && { unit }),
      };
    },
  );
  if (columns.length === 0) throw invalidRequest('view.attributes leaves nothing to publish');
  checkNames(columns);
  return columns;
}

function wantedColumns(view: DatasetTerms['view'], summaries: readonly TypeSummary[]): ColumnTerms[] {
  const except = new Set(view.except);
  const named = view.attributes.map((one): ColumnTerms => (typeof one === 'string' ? { attribute: one } : one));
  const taken = new Set(named.map(({ attribute }) => attribute));
  const there = new Set(
    summaries.filter(({ type }) => view.types.includes(type)).flatMap(({ attributes }) => [...attributes.keys()]),
  );
  return named.flatMap((one) => {
    if (one.attribute !== '*') return [one];
    return [...there]
      .filter((name) => !except.has(name) && !taken.has(name))
      .toSorted()
      .map((attribute) => ({ attribute }));
  });
}

/** Of a name that is an IRI, what stands behind its last slash or hash. */
function shortNameOf(attribute: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(attribute)
    ? (attribute.split(/[/#]/).findLast((part) => part !== '') ?? attribute)
    : attribute;
}

function checkNames(columns: readonly Column[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    const folded = name.toLowerCase();
    if (reserved.has(folded))
      throw invalidRequest(`view.attributes: ${name} is a column that every row has; give this one another name`);
    if (seen.has(folded))
      throw invalidRequest(`view.attributes: two columns are called ${name}; give one another name`);
    seen.add(folded);
  }
}

/** The narrowest kind that takes all that the sample holds; text where it holds nothing. */
function kindOf(column: Column, sample: readonly Entity[]): ColumnKind {
  let kind: ColumnKind | undefined;
  for (const entity of sample) {
    const found = kindIn(entity, column);
    if (found === undefined || found === kind) continue;
    if (kind === undefined) kind = found;
    else kind = [kind, found].some((one) => one === 'json' || one === 'geometry') ? 'json' : 'text';
  }
  return kind ?? 'text';
}

function kindIn(entity: Entity, column: Column): ColumnKind | undefined {
  const value = cellOf(entity, column);
  if (value === undefined || value === null) return undefined;
  const attribute = attributeOf(entity, column.attribute);
  if (attribute?.kind === 'geo' && column.path.length === 0) return 'geometry';
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return typeof value as 'number' | 'boolean';
    case 'string':
      if (attribute === undefined) return 'instant';
      return attribute.kind === 'property' && attribute.valueType === 'DateTime' && parseInstant(value) !== undefined
        ? 'instant'
        : 'text';
    default:
      return 'json';
  }
}
