import { BSON } from 'mongodb';
import type { Entity } from '../../../core/entity/entity.ts';
import type { EntityRecord, Reading } from '../../../ports/entity-store.ts';
import { CountedMemo } from '../memo.ts';
import type { EntityForm } from './form/entity-form.ts';
import { restoreEntity } from './form/restore-entity.ts';
import { decodeText } from './form/text-form.ts';
import { type EntityHeader, readHeader } from './raw-entity.ts';

/** About what a decoded entity takes, by the bytes of its BSON. */
const bytesPerDecodedByte = 5;
const bytesPerRecord = 400;

/** What is known of a stored entity besides what it is. */
export interface StoredState {
  readonly sequence: number;
  readonly revision: string;
  readonly twin: number;
  readonly id: string;
}

/**
 * The records handed out, as long as they fit into `cacheBytes`. What comes back from MongoDB as it was known, by its revision,
 * is neither decoded nor rendered again. What was not asked for longest goes first.
 */
export class RecordCache {
  readonly #maxBytes: number;
  readonly #records = new Map<number, StoredRecord>();
  #bytes = 0;
  /** Counts what was put at the end of the records. */
  #places = 0;
  /** Hears of each record that is no longer kept. */
  onForget: (record: StoredRecord) => void = () => undefined;

  constructor(cacheBytes: number) {
    this.#maxBytes = cacheBytes;
  }

  /** The record of what MongoDB has, kept unless it is read `once`. Cost: of one that is known, its header is read. */
  recordOf(bsonDocument: Uint8Array, reading: Reading = 'again'): StoredRecord {
    const header = readHeader(bsonDocument);
    const known = this.#inState(header);
    if (known !== undefined) return known;
    const state = { ...header, id: decodeText(header.id) };
    if (reading === 'once') return new StoredRecord(state, Buffer.from(bsonDocument), () => undefined);
    // A copy: the bytes lie in the buffer of a whole answer.
    return this.#admit(state, Buffer.from(bsonDocument), bsonDocument.byteLength);
  }

  /** The record of what MongoDB has, of which it may have told the header alone, where it is known in that state. */
  known(bsonDocument: Uint8Array): StoredRecord | undefined {
    return this.#inState(readHeader(bsonDocument));
  }

  /** The record of what has just been written. */
  admit(state: StoredState, entity: Entity): StoredRecord {
    return this.#admit(state, entity, 200 * (1 + entity.attributes.size));
  }

  /** The record of that place in the order of creation, if it is kept. */
  peek(sequence: number): StoredRecord | undefined {
    return this.#records.get(sequence);
  }

  /** One that is kept was asked for. Cost: nothing, unless it has come into the older half: moving an entry costs a `Map` more than a read does. */
  use(record: StoredRecord): void {
    if (this.#places - record.place < this.#records.size / 2) return;
    this.#records.delete(record.sequence);
    this.#append(record);
  }

  forget(sequence: number): void {
    const record = this.#records.get(sequence);
    if (record === undefined) return;
    this.#records.delete(sequence);
    this.#bytes -= record.bytes;
    this.onForget(record);
  }

  #inState({ sequence, revision }: EntityHeader): StoredRecord | undefined {
    const record = this.#records.get(sequence);
    if (record?.state.revision !== revision) return undefined;
    this.use(record);
    return record;
  }

  #admit(state: StoredState, content: Buffer | Entity, size: number): StoredRecord {
    this.forget(state.sequence);
    const record = new StoredRecord(state, content, (bytes) => this.#grow(record, bytes));
    this.#append(record);
    this.#grow(record, bytesPerRecord + size * bytesPerDecodedByte);
    return record;
  }

  #append(record: StoredRecord): void {
    record.place = ++this.#places;
    this.#records.set(record.sequence, record);
  }

  #grow(record: StoredRecord, bytes: number): void {
    if (this.#records.get(record.sequence) !== record) return;
    record.bytes += bytes;
    this.#bytes += bytes;
    for (const oldest of this.#records.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === record.sequence) return;
      this.forget(oldest);
    }
  }
}

/** A record that decodes its entity when it is first looked at. */
export class StoredRecord implements EntityRecord {
  readonly state: StoredState;
  readonly memo: CountedMemo;
  bytes = 0;
  /** How many were put at the end of the cache before it, and itself. */
  place = 0;
  #content: Buffer | Entity;

  constructor(state: StoredState, content: Buffer | Entity, grew: (bytes: number) => void) {
    this.state = state;
    this.#content = content;
    this.memo = new CountedMemo(grew);
  }

  get sequence(): number {
    return this.state.sequence;
  }

  get entity(): Entity {
    if (this.#content instanceof Uint8Array) {
      this.#content = restoreEntity(BSON.deserialize(this.#content) as EntityForm);
    }
    return this.#content;
  }
}
