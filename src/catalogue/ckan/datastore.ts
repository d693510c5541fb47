import type { Broker } from '../../broker/broker.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Filter, Literal, OrderKey, Query } from '../../core/query/query.ts';
import { compileTextPattern } from '../../core/query/text-pattern.ts';
import { parseInstant } from '../../core/time/instant.ts';
import { conjunctionOf } from '../../dialects/ngsiv2/parse-query.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { Column, Dataset, DatasetView } from '../dataset/dataset.ts';
import { csvHeader } from '../formats/csv.ts';
import { cellOf, placeOf } from '../view/cell.ts';
import { columnPath, pathOf } from '../view/column-path.ts';
import { findIn } from '../view/entity-batches.ts';
import { middleOf } from '../view/middle-of.ts';
import { invalid } from './ckan-error.ts';
import type { Parameters } from './parameters.ts';

const defaultLimit = 100;
const maxLimit = 32_000;

/** Words of `q`, at most. */
const maxWords = 20;

interface Field {
  readonly id: string;
  readonly type: string;
}

/** `datastore_search` over the rows of a dataset as they are now. Refuses fields, filters and orders that are none. */
export async function searchDatastore(
  broker: Broker,
  dataset: Dataset,
  resourceId: string,
  parameters: Parameters,
): Promise<JsonObject> {
  const { view, tenant } = dataset;
  const limit = parameters.whole('limit', defaultLimit, maxLimit);
  const offset = parameters.whole('offset', 0);
  const includeTotal = parameters.flag('include_total', true);
  const fields = shownFields(view, parameters.list('fields'));
  const filters = parameters.object('filters') ?? {};
  const query: Query = {
    ...view.query,
    ...withFilter(view.query.filter, [...filtersOf(view, filters), ...wordsOf(view, questionOf(parameters))]),
    order: orderOf(view, parameters.text('sort')),
    limit,
    offset,
    count: includeTotal,
  };
  const { records, count } = await findIn(broker, tenant, query);
  const rows = records.map((record) => rowOf(record, view, fields));
  return {
    include_total: includeTotal,
    limit,
    offset,
    records_format: 'objects',
    resource_id: resourceId,
    total_estimation_threshold: null,
    filters,
    records: parameters.text('records_format') === 'lists' ? rows.map((row) => Object.values(row)) : rows,
    ...(parameters.text('records_format') === 'lists' && { records_format: 'lists' }),
    fields: fields.map(({ id, type }) => ({ id, type })),
    ...(count !== undefined && { total: count, total_was_estimated: false }),
  };
}

/** `datastore_info`. */
export async function datastoreInfo(
  broker: Broker,
  { tenant, view }: Dataset,
  resourceId: string,
): Promise<JsonObject> {
  const { count = 0 } = await findIn(broker, tenant, { ...view.query, limit: 0, count: true });
  const byName = new Map(view.columns.map((column) => [column.name, column]));
  return {
    meta: { id: resourceId, count, table_type: 'BASE TABLE', db_size: null, size: null, idx_size: null, aliases: [] },
    fields: allFields(view)
      .slice(1)
      .map(({ id, type }) => {
        const { title, description, unit } = byName.get(id) ?? {};
        const info = {
          ...(title && { label: title }),
          ...(description && { notes: description }),
          ...(unit !== undefined && { unit }),
        };
        return {
          id,
          type,
          schema: { native_type: type, is_index: false, notnull: false, index_name: null, uniquekey: false },
          info: info as JsonObject,
        };
      }),
  };
}

/** `_id` first, which is the place of the row in the order of creation. */
function allFields(view: DatasetView): readonly Field[] {
  const types = new Map(view.columns.map((column) => [column.name, typeOf(column)]));
  return [
    { id: '_id', type: 'int' },
    ...csvHeader(view).map((id) => ({
      id,
      type: types.get(id) ?? (id === 'lat' || id === 'lon' ? 'numeric' : 'text'),
    })),
  ];
}

function typeOf({ kind }: Column): string {
  switch (kind) {
    case 'number':
      return 'numeric';
    case 'boolean':
      return 'bool';
    case 'instant':
      return 'timestamp';
    case 'geometry':
    case 'json':
      return 'json';
    case 'text':
      return 'text';
  }
}

function shownFields(view: DatasetView, names: readonly string[] | undefined): readonly Field[] {
  const all = allFields(view);
  if (names === undefined) return all;
  return names.map((name) => {
    const field = all.find(({ id }) => id === name);
    if (field === undefined) throw invalid('fields', `field "${name}" not in table`);
    return field;
  });
}

function rowOf({ sequence, entity }: EntityRecord, view: DatasetView, fields: readonly Field[]): JsonObject {
  const row: Record<string, JsonValue> = {};
  for (const { id } of fields) {
    switch (id) {
      case '_id':
        row[id] = sequence;
        break;
      case 'id':
        row[id] = entity.id;
        break;
      case 'type':
        row[id] = entity.types[0] ?? null;
        break;
      case 'lat':
        row[id] = middleOf(placeOf(entity, view.geometry))?.[1] ?? null;
        break;
      case 'lon':
        row[id] = middleOf(placeOf(entity, view.geometry))?.[0] ?? null;
        break;
      default: {
        const column = view.columns.find(({ name }) => name === id);
        row[id] = (column && cellOf(entity, column)) ?? null;
      }
    }
  }
  return row;
}

function withFilter(own: Filter | undefined, more: readonly Filter[]): { filter?: Filter } {
  const filter = conjunctionOf([...(own === undefined ? [] : [own]), ...more]);
  return filter === undefined ? {} : { filter };
}

/** A value, or any of a list of them, that the field must have. */
function filtersOf(view: DatasetView, filters: JsonObject): readonly Filter[] {
  return Object.entries(filters).map(([name, wanted]): Filter => {
    const path = columnPath(view, name);
    if (path === undefined) throw invalid('filters', `field "${name}" not in table`);
    const kind = view.columns.find((column) => column.name === name)?.kind ?? 'text';
    const values = (Array.isArray(wanted) ? wanted : [wanted]) as readonly JsonValue[];
    if (values.length === 0) throw invalid('filters', `no value for "${name}"`);
    const [first] = values;
    if (values.length === 1 && first === null) return { kind: 'not', filter: { kind: 'exists', path } };
    return { kind: 'compare', path, operator: '==', operands: values.map((value) => literalOf(name, kind, value)) };
  });
}

function literalOf(name: string, kind: Column['kind'], value: JsonValue): Literal {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'object') throw invalid('filters', `"${name}" is filtered by scalars`);
  switch (kind) {
    case 'number':
      if (value !== '' && Number.isFinite(Number(value))) return { kind: 'number', value: Number(value) };
      throw invalid('filters', `"${value}" is no number, which "${name}" holds`);
    case 'boolean':
      if (/^(true|false|t|f)$/i.test(String(value))) return { kind: 'boolean', value: /^t/i.test(String(value)) };
      throw invalid('filters', `"${value}" is neither true nor false, which "${name}" holds`);
    case 'instant': {
      const instant = parseInstant(String(value));
      if (instant === undefined) throw invalid('filters', `"${value}" is no moment, which "${name}" holds`);
      return { kind: 'instant', value: instant };
    }
    case 'text':
    case 'json':
    case 'geometry':
      return typeof value === 'string'
        ? { kind: 'text', value }
        : typeof value === 'number'
          ? { kind: 'number', value }
          : { kind: 'boolean', value };
  }
}

/** A text, or words by field. */
function questionOf(parameters: Parameters): JsonValue | undefined {
  const text = parameters.value('q');
  return typeof text === 'string' && !/^\s*\{/.test(text) ? text : parameters.object('q');
}

/** Every word must be in some text of the row, or in the field that an object names; case does not matter. */
function wordsOf(view: DatasetView, q: JsonValue | undefined): readonly Filter[] {
  if (q === undefined) return [];
  if (isJsonObject(q)) {
    return Object.entries(q).flatMap(([name, text]) => {
      const path = columnPath(view, name);
      if (path === undefined) throw invalid('q', `field "${name}" not in table`);
      return wordsIn(text).map(
        (word): Filter => ({ kind: 'compare', path, operator: '~=', pattern: containing(word) }),
      );
    });
  }
  const paths = [columnPath(view, 'id'), ...view.columns.filter(({ kind }) => kind === 'text').map(pathOf)];
  return wordsIn(q).map(
    (word): Filter => ({
      kind: 'or',
      filters: paths.flatMap((path): Filter[] =>
        path === undefined ? [] : [{ kind: 'compare', path, operator: '~=', pattern: containing(word) }],
      ),
    }),
  );
}

function wordsIn(text: JsonValue): readonly string[] {
  const words = String(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length > maxWords || words.some((word) => word.length > 100))
    throw invalid('q', `at most ${maxWords} words of 100 characters`);
  return words;
}

function containing(word: string) {
  return compileTextPattern(`(?i)${word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}`);
}

function orderOf(view: DatasetView, sort: string | undefined): readonly OrderKey[] {
  if (sort === undefined) return [];
  return sort.split(',').flatMap((key): OrderKey[] => {
    const [, quoted, plain, direction = 'asc'] =
      /^\s*(?:"([^"]+)"|(\S+))(?:\s+(asc|desc)(?:\s+nulls\s+(?:first|last))?)?\s*$/i.exec(key) ?? [];
    const name = quoted ?? plain ?? '';
    if (name === '_id') return [];
    const by = columnPath(view, name);
    if (by === undefined) throw invalid('sort', `field "${name}" not in table`);
    return [{ by, descending: direction.toLowerCase() === 'desc' }];
  });
}
