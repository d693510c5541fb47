import { type Projection, projectionKey } from '../../dialects/ngsiv2/projection.ts';
import { renderEntity } from '../../dialects/ngsiv2/render-entity.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import { jsonArrayOf } from '../json-array.ts';

/** Renderings that one entity keeps: clients ask for the same few, and who asks for many must not fill the memory. */
const maxKept = 4;

/**
 * The entity as JSON, in UTF-8; rendered once for as long as it does not change and the store remembers it. As bytes, since a
 * text that was put together of pieces is gathered from all over the memory whenever it is sent.
 */
export function renderedEntity(record: EntityRecord, projection: Projection): Uint8Array {
  return rendered(record, projection, projectionKey(projection));
}

/** The entities as a JSON array, in UTF-8. */
export function renderedEntities(records: readonly EntityRecord[], projection: Projection): Uint8Array {
  const key = projectionKey(projection);
  return jsonArrayOf(records.map((record) => rendered(record, projection, key)));
}

function rendered(record: EntityRecord, projection: Projection, key: string): Uint8Array {
  const { memo } = record;
  const kept = memo.get(key);
  if (kept !== undefined) return kept;
  const json = Buffer.from(renderEntity(record.entity, projection));
  if (memo.size >= maxKept) memo.clear();
  memo.set(key, json);
  return json;
}
