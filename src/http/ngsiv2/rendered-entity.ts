import { type Projection, projectionKey } from '../../dialects/ngsiv2/projection.ts';
import { renderEntity } from '../../dialects/ngsiv2/render-entity.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import { inOnePiece } from '../in-one-piece.ts';
import { jsonArrayOf } from '../json-array.ts';

/** Renderings that one entity keeps: clients ask for the same few, and who asks for many must not fill the memory. */
const maxKept = 4;

/** The entity as JSON; rendered once for as long as it does not change and the store remembers it. */
export function renderedEntity(record: EntityRecord, projection: Projection): string {
  return rendered(record, projection, projectionKey(projection));
}

/** The entities as a JSON array. */
export function renderedEntities(records: readonly EntityRecord[], projection: Projection): string {
  const key = projectionKey(projection);
  return jsonArrayOf(records.map((record) => rendered(record, projection, key)));
}

function rendered(record: EntityRecord, projection: Projection, key: string): string {
  const { memo } = record;
  const kept = memo.get(key);
  if (kept !== undefined) return kept;
  const json = inOnePiece(renderEntity(record.entity, projection));
  if (memo.size >= maxKept) memo.clear();
  memo.set(key, json);
  return json;
}
