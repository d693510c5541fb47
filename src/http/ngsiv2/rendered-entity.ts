import { type Projection, projectionKey } from '../../dialects/ngsiv2/projection.ts';
import { renderEntity } from '../../dialects/ngsiv2/render-entity.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import { jsonArrayOf } from '../json-array.ts';
import { type Utf8Text, utf8TextOf } from '../utf8-text.ts';

/** Renderings that one entity keeps: clients ask for the same few, and who asks for many must not fill the memory. */
const maxKept = 4;

/** The entity as JSON; rendered once for as long as it does not change and the store remembers it. */
export function renderedEntity(record: EntityRecord, projection: Projection): Utf8Text {
  return rendered(record, projection, projectionKey(projection));
}

/** The entities as a JSON array. */
export function renderedEntities(records: readonly EntityRecord[], projection: Projection): Utf8Text {
  const key = projectionKey(projection);
  return jsonArrayOf(records.map((record) => rendered(record, projection, key))) as Utf8Text;
}

function rendered(record: EntityRecord, projection: Projection, key: string): Utf8Text {
  const { memo } = record;
  const kept = memo.get(key);
  if (kept !== undefined) return kept as Utf8Text;
  const json = utf8TextOf(renderEntity(record.entity, projection));
  if (memo.size >= maxKept) memo.clear();
  memo.set(key, json);
  return json;
}
