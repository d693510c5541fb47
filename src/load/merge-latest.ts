import type { EpochMs } from '../core/entity/entity.ts';
import type { NgsiAttribute, NgsiEntity } from './ngsi-entity.ts';

/** Makes one entity of the rows of one id, for sources that are a history where the broker keeps what is true now. */
export interface LatestMerge {
  /** Rows without an instant count as older than any with one; of equal ones the later in the source counts. */
  add(entity: NgsiEntity, observedAt: EpochMs | undefined, row: number): void;
  /** In the order in which the ids came up first, attributes in that of `order`; the row is the last that was used. */
  entities(order: readonly string[]): Iterable<{ readonly entity: NgsiEntity; readonly row: number }>;
}

interface Merged {
  readonly type: string;
  readonly latest: Map<string, { readonly attribute: NgsiAttribute; readonly observedAt: EpochMs }>;
  row: number;
}

/** Holds every entity, not every row: memory grows with the number of ids. */
export function createLatestMerge(): LatestMerge {
  const byId = new Map<string, Merged>();
  return {
    add({ id, type, attributes }, observedAt = Number.NEGATIVE_INFINITY, row) {
      let merged = byId.get(id);
      if (merged === undefined) {
        merged = { type, latest: new Map(), row };
        byId.set(id, merged);
      }
      for (const [name, attribute] of attributes) {
        const known = merged.latest.get(name);
        if (known !== undefined && known.observedAt > observedAt) continue;
        merged.latest.set(name, { attribute, observedAt });
        merged.row = row;
      }
    },
    *entities(order) {
      for (const [id, { type, latest, row }] of byId) {
        const attributes = new Map<string, NgsiAttribute>();
        for (const name of order) {
          const found = latest.get(name);
          if (found !== undefined) attributes.set(name, found.attribute);
        }
        yield { entity: { id, type, attributes }, row };
      }
    },
  };
}
