import type { Entity } from '../../core/entity/entity.ts';
import type { RowShape } from '../dataset/dataset.ts';
import { cellOf, placeOf } from './cell.ts';

/** A row as a GeoJSON Feature, as JSON text; what it holds nothing of is null, so that all features have the same members. [RFC 7946] */
export function renderFeature(entity: Entity, { columns, geometry }: RowShape): string {
  const place = placeOf(entity, geometry);
  let properties = `"type":${JSON.stringify(entity.types[0])}`;
  for (const column of columns) {
    if (column === geometry) continue;
    properties += `,${JSON.stringify(column.name)}:${JSON.stringify(cellOf(entity, column) ?? null)}`;
  }
  return `{"type":"Feature","id":${JSON.stringify(entity.id)},"geometry":${place === undefined ? 'null' : JSON.stringify(place)},"properties":{${properties}}}`;
}

/** A row as one JSON object: `id`, `type`, and the columns that it holds something in, as JSON text. */
export function renderRow(entity: Entity, { columns }: RowShape): string {
  let text = `{"id":${JSON.stringify(entity.id)},"type":${JSON.stringify(entity.types[0])}`;
  for (const column of columns) {
    const value = cellOf(entity, column);
    if (value !== undefined && value !== null) text += `,${JSON.stringify(column.name)}:${JSON.stringify(value)}`;
  }
  return `${text}}`;
}
