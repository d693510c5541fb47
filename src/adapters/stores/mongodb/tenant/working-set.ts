import type { Entity } from '../../../../core/entity/entity.ts';
import type { EntityRecord, EntityTarget, EntityWrite } from '../../../../ports/entity-store.ts';
import type { StoredRecord } from '../record-cache.ts';
import { covers } from './point-reads.ts';

/** An entity as it is stored, if it is, and as it will be, if it will. */
export interface WorkingEntity {
  readonly stored: StoredRecord | undefined;
  /** Undefined: it will be gone. */
  record: EntityRecord | undefined;
}

/** An entity that a commit writes; what is neither stored nor will be is none. */
export type ChangedEntity =
  | { readonly stored: undefined; readonly entity: Entity }
  | { readonly stored: StoredRecord; readonly entity: Entity | undefined };

/** Places of entities that are not stored yet: above all that are, until the commit gives out their own. */
const firstProvisionalSequence = 2 ** 52;

/**
 * The entities of some ids as the commands of one commit change them, one command after the other, so that each decides on what the
 * ones before it wrote. What a call did can be undone, as a call that is refused writes nothing.
 */
export class WorkingSet {
  readonly #byId = new Map<string, WorkingEntity[]>();
  #undo: (() => void)[] = [];
  #created = 0;

  /** `stored`: all entities of these ids, by id. */
  constructor(stored: ReadonlyMap<string, readonly StoredRecord[]>) {
    for (const [id, records] of stored) {
      this.#byId.set(
        id,
        records.map((record) => ({ stored: record, record })),
      );
    }
  }

  /** What the target covers by now, in the order of creation. */
  found(target: EntityTarget): readonly EntityRecord[] {
    const found: EntityRecord[] = [];
    for (const { record } of this.#byId.get(target.id) ?? []) {
      if (record !== undefined && covers(target, record)) found.push(record);
    }
    return found;
  }

  apply(write: EntityWrite): void {
    switch (write.kind) {
      case 'create': {
        const { after } = write.change;
        const record = newRecord(firstProvisionalSequence + this.#created++, after);
        const ofId = this.#byId.get(after.id) ?? [];
        this.#byId.set(after.id, ofId);
        ofId.push({ stored: undefined, record });
        this.#undo.push(() => ofId.pop());
        return;
      }
      case 'update':
        if (write.change.after !== write.record.entity) {
          this.#set(write.record, newRecord(write.record.sequence, write.change.after));
        }
        return;
      case 'remove':
        this.#set(write.record, undefined);
    }
  }

  /** What was applied so far stays. */
  keep(): void {
    this.#undo = [];
  }

  /** What was applied since `keep` was last called is undone. */
  undo(): void {
    for (const step of this.#undo.reverse()) step();
    this.#undo = [];
  }

  /** What has to be written; entities that are new last, in the order in which they were created. */
  changes(): readonly ChangedEntity[] {
    const changes: ChangedEntity[] = [];
    const created: EntityRecord[] = [];
    for (const ofId of this.#byId.values()) {
      for (const { stored, record } of ofId) {
        if (stored !== undefined && record !== stored) changes.push({ stored, entity: record?.entity });
        else if (stored === undefined && record !== undefined) created.push(record);
      }
    }
    created.sort((a, b) => a.sequence - b.sequence);
    for (const { entity } of created) changes.push({ stored: undefined, entity });
    return changes;
  }

  #set(before: EntityRecord, after: EntityRecord | undefined): void {
    const working = this.#byId.get(before.entity.id)?.find(({ record }) => record?.sequence === before.sequence);
    if (working === undefined) throw new Error('a command writes an entity that it was not shown');
    const { record } = working;
    working.record = after;
    this.#undo.push(() => {
      working.record = record;
    });
  }
}

function newRecord(sequence: number, entity: Entity): EntityRecord {
  return { sequence, entity, memo: new Map() };
}
