import type { Entity } from '../../../../core/entity/entity.ts';
import { decodeEntity } from '../../../../core/entity/stored-form.ts';
import type { EntityRecord, Memo } from '../../../../ports/entity-store.ts';
import { CountedMemo } from '../../memo.ts';

/** About what a decoded entity takes, by the characters of its stored text. */
const bytesPerDecodedCharacter = 5;
const bytesPerRecord = 300;

/** Who hands out records, each in a slot. */
export interface RecordOwner {
  /** The cache has dropped the record of the slot. */
  forgetRecord(slot: number): void;
}

/**
 * The records handed out, as long as they fit into `cacheBytes`: entities decoded, and the renderings that readers keep with
 * them. Sizes are estimates. What has not been asked for since the clock's hand came by last time goes first.
 */
export class RecordCache {
  private readonly records: StoredRecord[] = [];
  private bytes = 0;
  private hand = 0;

  constructor(private readonly cacheBytes: number) {}

  /** A new record, in a slot of its owner, who is told when the cache drops it and must hand out the same one until then. */
  admit(sequence: number, text: string, owner: RecordOwner, slot: number, entity?: Entity): StoredRecord {
    const record = new StoredRecord(this, sequence, text, owner, slot, entity);
    record.place = this.records.length;
    this.records.push(record);
    this.grow(record, bytesPerRecord + (entity === undefined ? 0 : text.length * bytesPerDecodedCharacter));
    return record;
  }

  /** Takes out a record whose entity has changed. */
  drop(record: StoredRecord): void {
    if (record.place < 0) return;
    this.bytes -= record.bytes;
    const last = this.records.pop();
    if (last !== undefined && last !== record) {
      this.records[record.place] = last;
      last.place = record.place;
    }
    record.place = -1;
  }

  /** Notes that the record has come to take more, and makes room for it. */
  grow(record: StoredRecord, bytes: number): void {
    if (record.place < 0) return;
    record.bytes += bytes;
    this.bytes += bytes;
    // The record just asked for stays, however large: dropping it would only have it decoded again.
    while (this.bytes > this.cacheBytes && this.records.length > 1) {
      if (this.hand >= this.records.length) this.hand = 0;
      const next = this.records[this.hand] as StoredRecord;
      if (next.used || next === record) {
        next.used = false;
        this.hand++;
      } else {
        this.drop(next);
        next.owner.forgetRecord(next.slot);
      }
    }
  }
}

/**
 * A record that decodes its entity when it is looked at. One that was decoded is let go again when a rendering of it is kept: who
 * reads asks for the rendering from then on, and a decoded entity is the hundred objects that a collection of garbage has to visit.
 */
export class StoredRecord implements EntityRecord {
  /** Place in the cache's list; -1 outside. */
  place = -1;
  bytes = 0;
  used = true;
  private decoded: Entity | undefined;
  /** The entity came from its text, so it can come from there again. */
  private isFromText = false;
  private memos: CountedMemo | undefined;

  constructor(
    private readonly cache: RecordCache,
    readonly sequence: number,
    readonly text: string,
    readonly owner: RecordOwner,
    readonly slot: number,
    entity: Entity | undefined,
  ) {
    this.decoded = entity;
  }

  get memo(): CountedMemo {
    this.memos ??= new CountedMemo((bytes) => this.keepRendering(bytes));
    return this.memos;
  }

  /** The entity, if it has been decoded. */
  get decodedEntity(): Entity | undefined {
    return this.decoded;
  }

  get entity(): Entity {
    if (this.decoded === undefined) {
      this.decoded = decodeEntity(this.text);
      this.isFromText = true;
      this.cache.grow(this, this.text.length * bytesPerDecodedCharacter);
    }
    return this.decoded;
  }

  private keepRendering(bytes: number): void {
    let grown = bytes;
    if (this.isFromText) {
      this.decoded = undefined;
      this.isFromText = false;
      grown -= this.text.length * bytesPerDecodedCharacter;
    }
    this.cache.grow(this, grown);
  }
}

/** A record that nobody keeps, decoded when it is looked at: who reads a great many of them has little more than their texts. */
export class PassingRecord implements EntityRecord {
  private decoded: Entity | undefined;
  private memos: Memo | undefined;

  constructor(
    readonly sequence: number,
    readonly text: string,
  ) {}

  get memo(): Memo {
    this.memos ??= new Map();
    return this.memos;
  }

  get entity(): Entity {
    this.decoded ??= decodeEntity(this.text);
    return this.decoded;
  }
}
