import { collatedKinds, type TextCollator } from '../../../../core/query/collated-order.ts';
import { distanceOf, ofDefaultInstance } from '../../../../core/query/compare-entities.ts';
import { compareNumbers, compareTexts } from '../../../../core/query/compare-values.ts';
import { targetOf } from '../../../../core/query/path-values.ts';
import type { OrderKey, Path } from '../../../../core/query/query.ts';
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

/** As `compareEntities` has it for one key, the direction apart. The collator is that of the key, where it has a collation. */
export function compareKeyValues(a: KeyValue, b: KeyValue, collator: TextCollator = compareTexts): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return a.text === b.text ? compareNumbers(a.number, b.number) : collator(a.text, b.text);
}

const lowest: KeyValue = { rank: Kind.null, number: 0, text: '' };

export function keyReader(orderKey: OrderKey, partition: Partition): KeyReader {
  const key = ofDefaultInstance(orderKey);
  const reader = plainReader(key, partition);
  if (key.collation === undefined || key.by.kind === 'distance') return reader;
  // What is collated has an order of its own, along which no column lies.
  return { ...reader, read: collatedRead(key.by, reader, partition), column: undefined };
}

/** Ranks by kind in the order of NGSI-LD. */
const collatedRanks: Readonly<Record<Kind, number>> = {
  [Kind.number]: collatedKinds.indexOf('number'),
  [Kind.text]: collatedKinds.indexOf('text'),
  [Kind.object]: collatedKinds.indexOf('object'),
  [Kind.array]: collatedKinds.indexOf('array'),
  [Kind.false]: collatedKinds.indexOf('boolean'),
  [Kind.true]: collatedKinds.indexOf('boolean'),
  [Kind.instant]: collatedKinds.indexOf('instant'),
  [Kind.emptyInstant]: collatedKinds.indexOf('null'),
  [Kind.null]: collatedKinds.indexOf('null'),
  [Kind.absent]: collatedKinds.length,
};

const last: KeyValue = { rank: collatedRanks[Kind.absent], number: 0, text: '' };

function collatedRead(by: Path, { column }: KeyReader, partition: Partition): KeyReader['read'] {
  if (column === 'absent') return () => last;
  if (column !== undefined) {
    return (slot) => collated(column.cells.kindAt(slot), keyValueIn(column.cells, slot));
  }
  const entityAt = (slot: number) => (isOutlined(by) ? partition.outlineAt(slot) : partition.entityAt(slot));
  return (slot) => {
    const target = targetOf(by, entityAt(slot));
    return collated(kindOfTarget(target), keyValueOf(target));
  };
}

function collated(kind: Kind, { number, text }: KeyValue): KeyValue {
  return { rank: collatedRanks[kind], number: kind === Kind.true ? 1 : number, text };
}

function plainReader({ by }: OrderKey, partition: Partition): KeyReader {
  if (by.kind === 'distance') {
    const { attribute, center } = by;
    if (by.reference !== undefined || (attribute !== undefined && partition.manifold.has(attribute))) {
      const read = (slot: number) => ({ rank: 0, number: distanceOf(by, partition.entityAt(slot)), text: '' });
      return { read, column: undefined, cost: decodeCost, wanted: [] };
    }
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
