import { compareNumbers, compareTexts } from '../../../../core/query/compare-values.ts';
import { targetOf } from '../../../../core/query/path-values.ts';
import type { OrderKey } from '../../../../core/query/query.ts';
import { type Cells, Kind } from './cells.ts';
import { type Column, kindOfTarget, rankOf } from './column.ts';
import { decodeCost, outlineCost } from './condition.ts';
import { isOutlined, type Subject } from './derived.ts';
import { metresTo } from './geo-condition.ts';
import type { Partition } from './partition.ts';
import { columnOf } from './query-condition.ts';

/** What an order looks at in one entity: comparable between partitions. */
export interface KeyValue {
  readonly rank: number;
  /** Of a number, an instant or a distance. */
  readonly number: number;
  /** Of a text. */
  readonly text: string;
}

/** Reads one key of the order in one partition. */
export interface KeyReader {
  read(slot: number): KeyValue;
  readonly column: Column | 'absent' | undefined;
  /** About what one reading takes, in nanoseconds. */
  readonly cost: number;
  /** What would spare it from decoding entities. */
  readonly wanted: readonly Subject[];
}

/** As `compareEntities` has it for one key, the direction apart. */
export function compareKeyValues(a: KeyValue, b: KeyValue): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return a.rank === Kind.text ? compareTexts(a.text, b.text) : compareNumbers(a.number, b.number);
}

const lowest: KeyValue = { rank: Kind.null, number: 0, text: '' };

export function keyReader({ by }: OrderKey, partition: Partition): KeyReader {
  if (by.kind === 'distance') {
    const { attribute, center } = by;
    const places =
      attribute === undefined ? partition.places : partition.derivedOf({ kind: 'places', attribute })?.places;
    const mustDecode = attribute !== undefined && places === undefined;
    const absent = attribute === undefined ? places === undefined : !partition.columns.has(attribute);
    return {
      read: (slot) => ({
        rank: 0,
        number: absent ? Number.POSITIVE_INFINITY : metresTo(slot, center, places, partition, attribute),
        text: '',
      }),
      column: undefined,
      cost: mustDecode && !absent ? decodeCost : 120,
      wanted: mustDecode && !absent ? [{ kind: 'places', attribute }] : [],
    };
  }
  const column = columnOf(by, partition);
  if (column === 'absent') return { read: () => lowest, column, cost: 5, wanted: [] };
  if (column !== undefined) return { read: (slot) => keyValueIn(column.cells, slot), column, cost: 15, wanted: [] };
  if (isOutlined(by)) {
    const read = (slot: number) => keyValueOf(targetOf(by, partition.outlineAt(slot)));
    return { read, column, cost: outlineCost, wanted: [by] };
  }
  return {
    read: (slot) => keyValueOf(targetOf(by, partition.entityAt(slot))),
    column,
    cost: decodeCost,
    wanted: [by],
  };
}

function keyValueIn(cells: Cells, slot: number): KeyValue {
  const kind = cells.kindAt(slot);
  const rank = rankOf(kind);
  if (kind === Kind.number || kind === Kind.instant) return { rank, number: cells.numberAt(slot), text: '' };
  return kind === Kind.text ? { rank, number: 0, text: cells.valueAt(slot) as string } : { rank, number: 0, text: '' };
}

function keyValueOf(target: ReturnType<typeof targetOf>): KeyValue {
  const kind = kindOfTarget(target);
  const rank = rankOf(kind);
  if (kind === Kind.number) return { rank, number: target?.value as number, text: '' };
  if (kind === Kind.instant) return { rank, number: target?.instant as number, text: '' };
  return kind === Kind.text ? { rank, number: 0, text: target?.value as string } : { rank, number: 0, text: '' };
}
