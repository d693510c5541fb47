import type { Geometry } from 'geojson';
import type { Entity } from '../../core/entity/entity.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Column, RowShape } from '../dataset/dataset.ts';
import { cellOf, placeOf } from '../view/cell.ts';
import { middleOf } from '../view/middle-of.ts';
import { wktOf } from '../view/wkt.ts';
import type { ExportSource } from './export-source.ts';

/**
 * Comma-separated values: UTF-8 without a mark, one header row, lines that end in CR LF. `id` and `type`, then the columns;
 * the place as `lat` and `lon`, of a line or an area the middle of its bounds, with the whole as WKT in its own column;
 * objects and lists as JSON. [RFC 4180]
 */
export async function* encodeCsv({ dataset: { view }, batches }: ExportSource): AsyncGenerator<string> {
  yield `${csvHeader(view).map(quoted).join(',')}\r\n`;
  for await (const entities of batches) {
    let text = '';
    for (const entity of entities) text += csvLine(entity, view);
    yield text;
  }
}

/** Names of the columns of the file. */
export function csvHeader({ columns, geometry }: RowShape): readonly string[] {
  return ['id', 'type', ...columns.map(({ name }) => name), ...(geometry === undefined ? [] : ['lat', 'lon'])];
}

/** One row with its line end. */
export function csvLine(entity: Entity, { columns, geometry }: RowShape): string {
  let line = `${quoted(entity.id)},${quoted(entity.types[0] ?? '')}`;
  for (const column of columns) line += `,${csvCell(cellOf(entity, column), column)}`;
  if (geometry !== undefined) {
    const [lon, lat] = middleOf(placeOf(entity, geometry)) ?? [];
    line += `,${lat ?? ''},${lon ?? ''}`;
  }
  return `${line}\r\n`;
}

/** A cell as the file has it, quoted where it must be. */
function csvCell(value: JsonValue | undefined, { kind }: Column): string {
  if (value === undefined || value === null) return '';
  switch (typeof value) {
    case 'number':
      return String(value);
    case 'string':
      return quoted(value);
    case 'boolean':
      return String(value);
    default:
      return quoted(kind === 'geometry' && isGeometry(value) ? wktOf(value) : JSON.stringify(value));
  }
}

function isGeometry(value: unknown): value is Geometry {
  return typeof value === 'object' && value !== null && ('coordinates' in value || 'geometries' in value);
}

/** [RFC 4180 2.5 to 2.7] */
function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
