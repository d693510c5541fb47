import type { Entity } from '../../../core/entity/entity.ts';
import { encodedEntity } from '../../../core/entity/recent-forms.ts';
import type { EntityRecord, EntityWrite, Memo } from '../../../ports/entity-store.ts';

/** What an entity will be once a commit is durable. */
interface PendingEntity {
  readonly id: string;
  readonly sequence: number;
  /** Undefined: it will be gone. */
  readonly record: EntityRecord | undefined;
  /** It does not exist before this commit. */
  readonly created: boolean;
}

/** An entity that is on its way; few ask for a rendering of it before it has arrived. */
class PendingRecord implements EntityRecord {
  #memo: Memo | undefined;

  constructor(
    readonly sequence: number,
    readonly entity: Entity,
  ) {}

  get memo(): Memo {
    this.#memo ??= new Map();
    return this.#memo;
  }
}

/** An entity and its stored form, or without both where it is removed: what a durable commit brings to the index. */
export interface PendingRow {
  readonly sequence: number;
  readonly text: string | null;
  readonly record: EntityRecord | undefined;
}

/**
 * Entities that were written and are not durable yet: a layer over what is stored. It keeps the last state of each,
 * so that many writes to one entity make one row.
 */
export class PendingEntities {
  readonly #bySequence = new Map<number, PendingEntity>();
  readonly #byId = new Map<string, PendingEntity[]>();

  get size(): number {
    return this.#bySequence.size;
  }

  /** Tells whether an entity of this id, whatever its types and scopes, is pending. Cost: one look-up. */
  hasId(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Sets, by sequence, the pending states of the entities of this id. Cost: one look-up. */
  overlay(id: string, states: Map<number, EntityRecord | undefined>): void {
    const pending = this.#byId.get(id);
    if (pending === undefined) return;
    for (const { sequence, record } of pending) states.set(sequence, record);
  }

  /** Takes a write that was decided; `nextSequence` is called for an entity that is new. */
  add(write: EntityWrite, nextSequence: () => number): void {
    switch (write.kind) {
      case 'create': {
        const entity = write.change.after;
        const sequence = nextSequence();
        this.#set({ id: entity.id, sequence, record: new PendingRecord(sequence, entity), created: true });
        return;
      }
      case 'update': {
        const entity = write.change.after;
        const { sequence } = write.record;
        this.#set({ id: entity.id, sequence, record: new PendingRecord(sequence, entity), created: false });
        return;
      }
      case 'remove': {
        const { sequence, entity } = write.record;
        this.#set({ id: entity.id, sequence, record: undefined, created: false });
        return;
      }
    }
  }

  /** Takes over all states of a layer above this one. */
  absorb(above: PendingEntities): void {
    for (const pending of above.#bySequence.values()) this.#set(pending);
  }

  /** The rows to write, one an entity; none for an entity that comes and goes within the layer. */
  rows(): PendingRow[] {
    const rows: PendingRow[] = [];
    for (const { sequence, record, created } of this.#bySequence.values()) {
      if (record !== undefined) rows.push({ sequence, text: encodedEntity(record.entity), record });
      else if (!created) rows.push({ sequence, text: null, record });
    }
    return rows;
  }

  /** By how many entities the layer changes the tenant. */
  growth(): number {
    let growth = 0;
    for (const { record, created } of this.#bySequence.values()) {
      if (created && record !== undefined) growth++;
      else if (!created && record === undefined) growth--;
    }
    return growth;
  }

  #set(pending: PendingEntity): void {
    const before = this.#bySequence.get(pending.sequence);
    const next = before?.created ? { ...pending, created: true } : pending;
    this.#bySequence.set(next.sequence, next);
    const ofId = this.#byId.get(next.id);
    if (ofId === undefined) this.#byId.set(next.id, [next]);
    else if (before === undefined) ofId.push(next);
    else ofId[ofId.indexOf(before)] = next;
  }
}
