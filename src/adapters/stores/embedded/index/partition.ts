import type { Geometry } from 'geojson';
import type { AttributeInstances, Entity } from '../../../../core/entity/entity.ts';
import { decodeEntity } from '../../../../core/entity/stored-form.ts';
import { defaultLocationOf } from '../../../../core/geo/locations.ts';
import { targetOf } from '../../../../core/query/path-values.ts';
import { Column } from './column.ts';
import { Derived, keyOf, type Subject } from './derived.ts';
import type { IndexMode } from './index-mode.ts';
import { LocationIndex } from './location-index.ts';
import { NumberIndex } from './ordered-index.ts';
import { PassingRecord, type RecordCache, type RecordOwner, type StoredRecord } from './record-cache.ts';
import { ScopeGroups } from './scope-groups.ts';
import { type ScopeGroup, type Shape, shapeOf } from './shape-tree.ts';
import { SlotNumbers } from './slot-numbers.ts';

/** Derived columns that a partition keeps; the one not used for longest makes room for the next. */
const mostDerived = 16;
/** One that was used among so many last uses stays, lest queries by turns build what the others have dropped. */
const recentUses = 64;

/**
 * The entities of one type (or of the same several types): row by row the stored text, column by column what queries look at.
 *
 * A row is a slot, a small number that is used again when its entity has gone. Updates touch what changed: a column whose value is
 * the same costs one comparison.
 */
export class Partition implements RecordOwner {
  readonly sequences = new SlotNumbers();
  /** Slots by sequence: the order of creation. */
  readonly creation: NumberIndex;
  /** By attribute: the whole value of its default instance. Only attributes that some entity has. */
  readonly columns = new Map<string, Column>();
  /** Slots by the number of their scope group. */
  readonly scopeOrder: NumberIndex;
  readonly scopeGroups = new ScopeGroups();
  /** By attribute: the slots where it has other instances than the default one. Columns and places do not know these. */
  readonly manifold = new Map<string, Set<number>>();
  readonly ids: string[] = [];
  /** The default locations; undefined while there has been none. */
  places: LocationIndex | undefined;

  /** Slots are in the order of creation themselves: none was used again. */
  slotsAscend = true;

  /** What the index counted when an entity of it was last put or removed. */
  lastChange = 0;

  private readonly createdAt = new SlotNumbers();
  private readonly modifiedAt = new SlotNumbers();
  private readonly texts: string[] = [];
  private readonly shapes: (Shape | undefined)[] = [];
  private readonly records: (StoredRecord | undefined)[] = [];
  private readonly freeSlots: number[] = [];
  private readonly derived = new Map<string, Derived>();
  /** Entities decoded for want of a derived column or index, by its key. */
  private readonly decoded = new Map<string, number>();
  /**
   * What is due when: asked for every few seconds as long as the broker runs, so it is there from the beginning. Built later, it would
   * have every entity decoded; for those that never expire it keeps nothing.
   */
  private readonly due: Derived;
  private uses = 0;
  private lastInserted = Number.NEGATIVE_INFINITY;

  constructor(
    readonly types: readonly string[],
    readonly mode: IndexMode,
    private readonly cache: RecordCache,
  ) {
    this.creation = new NumberIndex(this.sequences, mode);
    this.scopeOrder = new NumberIndex(this.sequences, mode);
    this.due = new Derived({ kind: 'builtin', name: 'dueAt' }, this);
    this.due.build(1);
  }

  get size(): number {
    return this.creation.size;
  }

  /** Of the entity created first; `Infinity` where there is none. */
  get firstSequence(): number {
    return this.creation.keyAt(0) ?? Number.POSITIVE_INFINITY;
  }

  insert(sequence: number, text: string, entity: Entity): number {
    const slot = this.freeSlots.pop() ?? this.texts.length;
    this.slotsAscend &&= slot === this.texts.length && this.lastInserted < sequence;
    this.lastInserted = sequence;
    this.sequences.set(slot, sequence);
    this.creation.insert(sequence, slot);
    this.texts[slot] = text;
    this.ids[slot] = entity.id;
    this.shapes[slot] = undefined;
    this.records[slot] = undefined;
    this.fill(slot, entity);
    return slot;
  }

  replace(slot: number, text: string, entity: Entity): void {
    this.texts[slot] = text;
    const record = this.records[slot];
    if (record !== undefined) {
      // Somebody reads this entity: they would have it decoded again.
      this.cache.drop(record);
      this.records[slot] = this.admit(slot, entity);
    }
    this.fill(slot, entity, record?.decodedEntity);
  }

  remove(slot: number): void {
    const shape = this.shapes[slot];
    for (const name of shape?.names() ?? []) this.setCell(name, slot, undefined);
    this.due.set(slot, undefined);
    for (const derived of this.derived.values()) derived.set(slot, undefined);
    this.places?.set(slot, undefined);
    this.creation.remove(this.sequences.at(slot), slot);
    this.leaveGroup(slot, shape);
    const record = this.records[slot];
    if (record !== undefined) this.cache.drop(record);
    this.records[slot] = undefined;
    this.shapes[slot] = undefined;
    this.texts[slot] = '';
    this.ids[slot] = '';
    this.sequences.set(slot, Number.NaN);
    this.freeSlots.push(slot);
  }

  /** `known` is the entity that the slot was filled with before, if it is at hand: what both share has not changed. */
  private fill(slot: number, entity: Entity, known?: Entity): void {
    this.createdAt.set(slot, entity.createdAt);
    this.modifiedAt.set(slot, entity.modifiedAt);
    const before = this.shapes[slot];
    const shape = shapeOf(entity, this.scopeGroups.of(entity.scopes));
    if (shape !== before) {
      shape.hold();
      for (const name of before?.names() ?? []) if (!entity.attributes.has(name)) this.setCell(name, slot, undefined);
      if (before?.group !== shape.group) {
        if (before !== undefined) this.leaveGroup(slot, before);
        shape.group.size++;
        this.scopeOrder.insert(shape.group.number, slot);
      } else before.release();
      this.shapes[slot] = shape;
    }
    for (const [name, instances] of entity.attributes) {
      if (known === undefined || known.attributes.get(name) !== instances) this.setCell(name, slot, entity);
    }
    const place = defaultLocationOf(entity);
    if (known === undefined || place !== defaultLocationOf(known)) this.setPlace(slot, place);
    this.due.set(slot, entity);
    for (const derived of this.derived.values()) derived.set(slot, entity);
  }

  /** Sorts in what has waited for the end of a load. */
  settle(): void {
    this.creation.settle();
    this.scopeOrder.settle();
    this.places?.settle();
    for (const column of this.columns.values()) column.settle();
    this.due.column?.settle();
  }

  private setCell(name: string, slot: number, entity: Entity | undefined): void {
    this.noteInstances(name, slot, entity?.attributes.get(name));
    let column = this.columns.get(name);
    const path = column?.path ?? { kind: 'attribute', attribute: name, subAttributes: [], members: [] };
    const target = entity === undefined ? undefined : targetOf(path, entity);
    if (column === undefined) {
      if (target === undefined) return;
      column = new Column(path, this.sequences, this.mode);
      this.columns.set(name, column);
    }
    column.set(slot, target);
    if (column.cells.count === 0) this.columns.delete(name);
  }

  private noteInstances(name: string, slot: number, instances: AttributeInstances | undefined): void {
    const isManifold = instances !== undefined && (instances.length > 1 || instances[0].datasetId !== undefined);
    const slots = this.manifold.get(name);
    if (isManifold) this.manifold.set(name, (slots ?? new Set()).add(slot));
    else if (slots?.delete(slot) === true && slots.size === 0) this.manifold.delete(name);
  }

  private setPlace(slot: number, place: Geometry | undefined): void {
    if (place !== undefined) this.places ??= new LocationIndex(this.sequences, this.mode);
    this.places?.set(slot, place);
  }

  private leaveGroup(slot: number, shape: Shape | undefined): void {
    if (shape === undefined) return;
    const { group } = shape;
    this.scopeOrder.remove(group.number, slot);
    shape.release();
    group.size--;
    if (group.size === 0) this.scopeGroups.drop(group);
  }

  groupAt(slot: number): ScopeGroup | undefined {
    return this.shapes[slot]?.group;
  }

  /** The entity, decoded for this look alone unless somebody has its record. */
  entityAt(slot: number): Entity {
    return this.records[slot]?.entity ?? decodeEntity(this.texts[slot] as string);
  }

  /** What can be told of the entity without decoding it: id, types, scopes, when it was created and last modified. */
  outlineAt(slot: number): Entity {
    const { types } = this;
    const scopes = this.groupAt(slot)?.scopes ?? [];
    return {
      id: this.ids[slot] as string,
      types,
      scopes,
      attributes: noAttributes,
      createdAt: this.createdAt.at(slot),
      modifiedAt: this.modifiedAt.at(slot),
    };
  }

  recordAt(slot: number): StoredRecord {
    const record = this.records[slot];
    if (record !== undefined) {
      record.used = true;
      return record;
    }
    const admitted = this.admit(slot);
    // Only now: making room for it may have made the cache forget others.
    this.records[slot] = admitted;
    return admitted;
  }

  /** The record, if somebody has it; else one that nobody else gets. */
  passingRecordAt(slot: number): StoredRecord | PassingRecord {
    return this.records[slot] ?? new PassingRecord(this.sequences.at(slot), this.texts[slot] as string);
  }

  private admit(slot: number, entity?: Entity): StoredRecord {
    return this.cache.admit(this.sequences.at(slot), this.texts[slot] as string, this, slot, entity);
  }

  forgetRecord(slot: number): void {
    this.records[slot] = undefined;
  }

  /** The derived column or index, if it is ready to be relied on. */
  derivedOf(subject: Subject): Derived | undefined {
    if (isDueAt(subject)) return this.due;
    if (this.derived.size === 0) return undefined;
    const derived = this.derived.get(keyOf(subject));
    if (derived === undefined) return undefined;
    derived.lastUse = ++this.uses;
    return derived.ready ? derived : undefined;
  }

  /** The derived column or index, ready or begun; to be built by who asks. Undefined where there is no room for another. */
  derive(subject: Subject): Derived | undefined {
    if (isDueAt(subject)) return this.due;
    const key = keyOf(subject);
    let derived = this.derived.get(key);
    if (derived === undefined) {
      if (this.derived.size >= mostDerived && !this.dropUnused()) return undefined;
      derived = new Derived(subject, this);
      this.decoded.delete(key);
      this.derived.set(key, derived);
    }
    derived.lastUse = ++this.uses;
    return derived;
  }

  /**
   * How many entities a query may decode for want of these: few, or a share of the partition; none any more once queries have decoded
   * as many as building them takes.
   */
  bearableDecodes(missing: readonly Subject[], few: number): number {
    const decoded = Math.max(...missing.map((subject) => this.decoded.get(keyOf(subject)) ?? 0));
    return decoded >= this.size ? 0 : Math.max(few, Math.ceil(this.size / 16));
  }

  /** Entities were decoded for want of these. */
  noteDecodes(missing: readonly Subject[], count: number): void {
    if (this.decoded.size > 4 * mostDerived) this.decoded.clear();
    for (const subject of missing) {
      const key = keyOf(subject);
      this.decoded.set(key, (this.decoded.get(key) ?? 0) + count);
    }
  }

  private dropUnused(): boolean {
    let oldest: [string, Derived] | undefined;
    for (const entry of this.derived) if (oldest === undefined || entry[1].lastUse < oldest[1].lastUse) oldest = entry;
    if (oldest === undefined || oldest[1].lastUse > this.uses - recentUses) return false;
    return this.derived.delete(oldest[0]);
  }
}

function isDueAt(subject: Subject): boolean {
  return subject.kind === 'builtin' && subject.name === 'dueAt' && subject.attribute === undefined;
}

const noAttributes: Entity['attributes'] = new Map();
