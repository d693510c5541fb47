import type { JsonValue } from '../../../../core/json.ts';
import { compareNumbers, compareTexts } from '../../../../core/query/compare-values.ts';
import type { Target } from '../../../../core/query/path-values.ts';
import type { Path } from '../../../../core/query/query.ts';
import { type CellMember, Cells, type CellValue, Kind } from './cells.ts';
import type { IndexMode } from './index-mode.ts';
import { NumberIndex, TextIndex } from './ordered-index.ts';
import type { SlotNumbers } from './slot-numbers.ts';

/** Slots by value: one index a kind of value; of the kinds without an order of their own, the code of the kind is the key. */
export class ValueIndexes {
  readonly kinds: NumberIndex;
  private numberIndex: NumberIndex | undefined;
  private instantIndex: NumberIndex | undefined;
  private textIndex: TextIndex | undefined;

  constructor(
    private readonly sequences: SlotNumbers,
    private readonly mode: IndexMode,
  ) {
    this.kinds = new NumberIndex(sequences, mode);
  }

  get numbers(): NumberIndex {
    this.numberIndex ??= new NumberIndex(this.sequences, this.mode);
    return this.numberIndex;
  }

  get instants(): NumberIndex {
    this.instantIndex ??= new NumberIndex(this.sequences, this.mode);
    return this.instantIndex;
  }

  get texts(): TextIndex {
    this.textIndex ??= new TextIndex(this.sequences, this.mode);
    return this.textIndex;
  }

  /** Entries in all of them. */
  get size(): number {
    const { numberIndex, instantIndex, textIndex } = this;
    return this.kinds.size + (numberIndex?.size ?? 0) + (instantIndex?.size ?? 0) + (textIndex?.size ?? 0);
  }

  /** Sorts in what has waited for the end of a load. */
  settle(): void {
    this.kinds.settle();
    this.numberIndex?.settle();
    this.instantIndex?.settle();
    this.textIndex?.settle();
  }

  addMember(member: CellMember, slot: number): void {
    if (typeof member === 'number') this.numbers.insert(member, slot);
    else if (typeof member === 'string') this.texts.insert(member, slot);
    else this.kinds.insert(kindOfMember(member), slot);
  }

  removeMember(member: CellMember, slot: number): void {
    if (typeof member === 'number') this.numbers.remove(member, slot);
    else if (typeof member === 'string') this.texts.remove(member, slot);
    else this.kinds.remove(kindOfMember(member), slot);
  }
}

/**
 * What one path leads to in every entity of a partition, by slot and by value.
 *
 * Every slot that holds a scalar is in one of `whole`'s indexes; a slot that holds an array is in `members`, once for each
 * different member. Objects and arrays as such are not: nothing but order looks for them, and they all tie.
 */
export class Column {
  readonly cells = new Cells();
  readonly whole: ValueIndexes;
  /** Given once there has been an array. */
  members: ValueIndexes | undefined;

  constructor(
    readonly path: Path,
    private readonly sequences: SlotNumbers,
    private readonly mode: IndexMode,
  ) {
    this.whole = new ValueIndexes(sequences, mode);
  }

  /** Takes over what the path leads to in the slot's entity now; costs next to nothing where that has not changed. */
  set(slot: number, target: Target | undefined): void {
    const kind = kindOfTarget(target);
    const number =
      kind === Kind.number ? (target?.value as number) : kind === Kind.instant ? Number(target?.instant) : 0;
    const value = valueOfTarget(kind, target);
    const before = this.cells.kindAt(slot);
    if (before === kind && this.holds(slot, kind, number, value)) return;
    if (before !== Kind.absent) this.unlist(slot, before);
    const kept = kind === Kind.absent ? value : this.list(slot, kind, number, value);
    this.cells.set(slot, kind, number, kept);
  }

  /** Sorts in what has waited for the end of a load. */
  settle(): void {
    this.whole.settle();
    this.members?.settle();
  }

  private holds(slot: number, kind: Kind, number: number, value: CellValue | undefined): boolean {
    switch (kind) {
      case Kind.number:
      case Kind.instant:
        return this.cells.numberAt(slot) === number;
      case Kind.text:
        return this.cells.valueAt(slot) === value;
      case Kind.array:
        return sameMembers(this.cells.valueAt(slot) as readonly CellMember[], value as readonly CellMember[]);
      default:
        return true;
    }
  }

  private list(slot: number, kind: Kind, number: number, value: CellValue | undefined): CellValue | undefined {
    if (kind === Kind.number) this.whole.numbers.insert(number, slot);
    else if (kind === Kind.instant) this.whole.instants.insert(number, slot);
    else if (kind === Kind.text) return this.whole.texts.insert(value as string, slot);
    else if (isListed(kind)) this.whole.kinds.insert(kind, slot);
    if (kind !== Kind.array) return value;
    this.members ??= new ValueIndexes(this.sequences, this.mode);
    for (const member of new Set(value as readonly CellMember[])) this.members.addMember(member, slot);
    return value;
  }

  private unlist(slot: number, kind: Kind): void {
    if (kind === Kind.number) this.whole.numbers.remove(this.cells.numberAt(slot), slot);
    else if (kind === Kind.instant) this.whole.instants.remove(this.cells.numberAt(slot), slot);
    else if (kind === Kind.text) this.whole.texts.remove(this.cells.valueAt(slot) as string, slot);
    else if (isListed(kind)) this.whole.kinds.remove(kind, slot);
    if (kind !== Kind.array) return;
    for (const member of new Set(this.cells.valueAt(slot) as readonly CellMember[]))
      this.members?.removeMember(member, slot);
  }

  /** The slot's target, as far as comparisons can tell it from the true one. */
  targetAt(slot: number): Target | undefined {
    const kind = this.cells.kindAt(slot);
    switch (kind) {
      case Kind.absent:
        return undefined;
      case Kind.emptyInstant:
        return { value: null, instant: null };
      case Kind.null:
        return { value: null };
      case Kind.number:
        return { value: this.cells.numberAt(slot) };
      case Kind.instant: {
        const instant = this.cells.numberAt(slot);
        return { value: instant, instant };
      }
      case Kind.text:
      case Kind.array:
        return { value: this.cells.valueAt(slot) as JsonValue };
      case Kind.object:
        return { value: anObject };
      case Kind.false:
      case Kind.true:
        return { value: kind === Kind.true };
    }
  }
}

function isListed(kind: Kind): boolean {
  return kind !== Kind.object && kind !== Kind.array;
}

/** The rank of a kind in the order of values: the lower comes first. */
export function rankOf(kind: Kind): number {
  return kind <= Kind.null ? Kind.null : kind;
}

/** The order of what two slots hold, as `compareTargets` has it. */
export function compareCells(a: Cells, slot: number, b: Cells, otherSlot: number): number {
  const kind = a.kindAt(slot);
  const otherKind = b.kindAt(otherSlot);
  const byKind = compareNumbers(rankOf(kind), rankOf(otherKind));
  if (byKind !== 0) return byKind;
  if (kind === Kind.number || kind === Kind.instant) return compareNumbers(a.numberAt(slot), b.numberAt(otherSlot));
  if (kind !== Kind.text) return 0;
  return compareTexts(a.valueAt(slot) as string, b.valueAt(otherSlot) as string);
}

export function kindOfTarget(target: Target | undefined): Kind {
  if (target === undefined) return Kind.absent;
  const { value, instant } = target;
  if (instant === null) return Kind.emptyInstant;
  if (value === null) return Kind.null;
  if (instant !== undefined) return Kind.instant;
  switch (typeof value) {
    case 'number':
      return Kind.number;
    case 'string':
      return Kind.text;
    case 'boolean':
      return value ? Kind.true : Kind.false;
    default:
      return Array.isArray(value) ? Kind.array : Kind.object;
  }
}

const anObject: Record<string, never> = Object.freeze({});
const anArray: readonly never[] = Object.freeze([]);

function valueOfTarget(kind: Kind, target: Target | undefined): CellValue | undefined {
  const value = target?.value;
  if (kind === Kind.text) return value as string;
  return kind === Kind.array ? (value as readonly JsonValue[]).map(memberOf) : undefined;
}

function memberOf(value: JsonValue): CellMember {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? anArray : anObject;
}

function kindOfMember(member: Exclude<CellMember, string | number>): Kind {
  if (member === null) return Kind.null;
  if (typeof member === 'boolean') return member ? Kind.true : Kind.false;
  return Array.isArray(member) ? Kind.array : Kind.object;
}

function sameMembers(a: readonly CellMember[], b: readonly CellMember[]): boolean {
  return a.length === b.length && a.every((member, at) => member === b[at]);
}
