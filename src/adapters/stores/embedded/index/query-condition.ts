import { evaluate } from '../../../../core/query/evaluate.ts';
import type { EntitySelector, Filter, GeoFilter, Path, Query } from '../../../../core/query/query.ts';
import type { TextPattern } from '../../../../core/query/text-pattern.ts';
import type { ScopePattern } from '../../../../core/scope.ts';
import type { Column } from './column.ts';
import { comparisonCondition, presentSlots } from './comparison-condition.ts';
import { allOf, always, anyOf, type Condition, decodeCost, never, not, outlineCost } from './condition.ts';
import { isOutlined, type Subject } from './derived.ts';
import { geoCondition } from './geo-condition.ts';
import type { Partition } from './partition.ts';
import { keyRange } from './value-ranges.ts';

/** The slots of an entity id in a partition. */
export type SlotsOfId = (partition: Partition, id: string) => readonly number[];

/** What a query asks of the entities of one partition; exact, and undefined where it can hold for none of them. */
export function queryCondition(query: Query, partition: Partition, slotsOfId: SlotsOfId): Condition | undefined {
  const selected = selection(query.selectors, partition, slotsOfId);
  if (selected === undefined) return undefined;
  const conditions = [selected, scoped(query.scopes, partition)];
  if (query.filter !== undefined) {
    for (const filter of conjuncts(query.filter)) conditions.push(filterCondition(filter, partition));
  }
  const strict = conditions.filter((condition) => condition !== everything);
  const condition = strict.length === 0 ? always(partition.size) : allOf(strict, partition.size);
  return strict.includes(never) ? undefined : condition;
}

/** Stands for a condition that all fulfil, to be left out. */
const everything: Condition = always(Number.POSITIVE_INFINITY);

function conjuncts(filter: Filter): readonly Filter[] {
  return filter.kind === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
}

function selection(
  selectors: readonly EntitySelector[],
  partition: Partition,
  slotsOfId: SlotsOfId,
): Condition | undefined {
  if (selectors.length === 0) return everything;
  const conditions: Condition[] = [];
  for (const selector of selectors) {
    if (!coversTypes(selector, partition.types)) continue;
    if (selector.ids === undefined && selector.idPattern === undefined) return everything;
    const { ids, idPattern } = selector;
    const parts: Condition[] = [];
    if (ids !== undefined) parts.push(idCondition(ids, partition, slotsOfId));
    if (idPattern !== undefined) parts.push(idPatternCondition(idPattern, partition));
    conditions.push(allOf(parts, partition.size));
  }
  return conditions.length === 0 ? undefined : anyOf(conditions, partition.size);
}

/** Tells whether the selector covers entities of these types. */
export function coversTypes({ types, typePattern }: EntitySelector, entityTypes: readonly string[]): boolean {
  return (
    (types === undefined || types.some((type) => entityTypes.includes(type))) &&
    (typePattern === undefined || entityTypes.some((type) => typePattern.test(type)))
  );
}

function idCondition(ids: readonly string[], partition: Partition, slotsOfId: SlotsOfId): Condition {
  const wanted = new Set(ids);
  const slots = [...wanted].flatMap((id) => slotsOfId(partition, id));
  return {
    test: (slot) => wanted.has(partition.ids[slot] as string),
    cost: 20,
    estimate: slots.length,
    count: () => slots.length,
    candidates: [{ ranges: [], slots, size: slots.length, inCreationOrder: false, distinct: true }],
    wanted: [],
  };
}

const idPath: Path = { kind: 'builtin', name: 'id' };

function idPatternCondition(pattern: TextPattern, partition: Partition): Condition {
  const column = partition.derivedOf(idPath)?.column;
  const byColumn = column && comparisonCondition({ kind: 'compare', path: idPath, operator: '~=', pattern }, column);
  const { prefix = '' } = pattern;
  return {
    test: (slot) => {
      const id = partition.ids[slot] as string;
      return id.startsWith(prefix) && pattern.test(id);
    },
    cost: 800,
    estimate: byColumn?.estimate ?? partition.size / 4,
    candidates: byColumn?.candidates ?? [],
    wanted: column === undefined && prefix !== '' ? [idPath] : [],
  };
}

/** More groups than this are not worth a range each. */
const fewGroups = 64;

function scoped(patterns: readonly ScopePattern[], partition: Partition): Condition {
  const covered = partition.scopeGroups.covered(patterns);
  if (covered === 'all') return everything;
  if (covered.length === 0) return never;
  const count = () => covered.reduce((total, { size }) => total + size, 0);
  const size = count();
  const wanted = new Set(covered);
  const runs = {
    ranges: covered.length > fewGroups ? [] : covered.map(({ number }) => keyRange(number, partition.scopeOrder)),
    slots: [],
    size,
    inCreationOrder: true,
    distinct: true,
  };
  return {
    test: (slot) => {
      const group = partition.groupAt(slot);
      return group !== undefined && wanted.has(group);
    },
    cost: 15,
    estimate: size,
    count,
    candidates: covered.length > fewGroups ? [] : [runs],
    wanted: [],
  };
}

/** A filter, compiled for one partition. */
export function filterCondition(filter: Filter, partition: Partition): Condition {
  const { size } = partition;
  switch (filter.kind) {
    case 'and':
      return allOf(
        filter.filters.map((one) => filterCondition(one, partition)),
        size,
      );
    case 'or':
      return anyOf(
        filter.filters.map((one) => filterCondition(one, partition)),
        size,
      );
    case 'not':
      return not(filterCondition(filter.filter, partition), size);
    case 'exists':
    case 'compare': {
      if (leadsThroughInstances(filter.path, partition)) return deciding(filter, partition);
      const column = columnOf(filter.path, partition);
      if (column === 'absent') return never;
      if (column === undefined) return decoding(filter, filter.path, partition);
      return filter.kind === 'exists' ? existence(column) : comparisonCondition(filter, column);
    }
    case 'near':
    case 'geo':
      return geographic(filter, partition);
  }
}

/** Tells whether the path asks for any instance of an attribute that has several somewhere: only the entities know these. */
function leadsThroughInstances(path: Path, { manifold }: Partition): boolean {
  return path.kind === 'attribute' && path.instances === 'any' && manifold.has(path.attribute);
}

/** The column that tells where the path leads; `absent` where it leads nowhere in any entity; undefined where only the entities tell. */
export function columnOf(path: Path, partition: Partition): Column | 'absent' | undefined {
  if (path.kind === 'attribute') {
    const column = partition.columns.get(path.attribute);
    if (column === undefined) return 'absent';
    if (path.subAttributes.length === 0 && path.members.length === 0) return column;
  }
  if (path.kind === 'builtin' && path.attribute !== undefined && !partition.columns.has(path.attribute))
    return 'absent';
  return partition.derivedOf(path)?.column;
}

function existence(column: Column): Condition {
  const { cells } = column;
  return {
    test: (slot) => cells.kindAt(slot) !== 0,
    cost: 4,
    estimate: cells.count,
    count: () => cells.count,
    candidates: presentSlots(column),
    wanted: [],
  };
}

function geographic(filter: GeoFilter, partition: Partition): Condition {
  const { attribute } = filter;
  if (filter.kind === 'near' && filter.reference !== undefined) return deciding(filter, partition);
  if (attribute === undefined) {
    return partition.places === undefined ? never : geoCondition(filter, partition.places, partition);
  }
  if (partition.manifold.has(attribute)) return deciding(filter, partition);
  const subject: Subject = { kind: 'places', attribute };
  if (!partition.columns.has(attribute)) return never;
  const places = partition.derivedOf(subject)?.places;
  return places === undefined ? decoding(filter, subject, partition) : geoCondition(filter, places, partition);
}

/** Decides on the decoded entity, and says what would spare it that. */
function decoding(filter: Filter, subject: Subject, partition: Partition): Condition {
  if (isOutlined(subject)) {
    const test = (slot: number) => evaluate(filter, partition.outlineAt(slot));
    return { test, cost: outlineCost, estimate: partition.size / 4, candidates: [], wanted: [subject] };
  }
  return { ...deciding(filter, partition), wanted: [subject] };
}

/** Decides on the decoded entity, since no column or index could tell. */
function deciding(filter: Filter, partition: Partition): Condition {
  return {
    test: (slot) => evaluate(filter, partition.entityAt(slot)),
    cost: decodeCost,
    estimate: partition.size / 4,
    candidates: [],
    wanted: [],
  };
}
