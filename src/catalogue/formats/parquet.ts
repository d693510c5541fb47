import type { Geometry } from 'geojson';
import { ByteWriter, geojsonToWkb, ParquetWriter, type SchemaElement, type Writer } from 'hyparquet-writer';
import type { Entity } from '../../core/entity/entity.ts';
import { withoutHeights } from '../../core/geo/without-heights.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Column, RowShape } from '../dataset/dataset.ts';
import { cellOf, placeOf } from '../view/cell.ts';
import { type Bounds, boundsOf, joined } from '../view/middle-of.ts';
import type { ExportSource } from './export-source.ts';

/** Rows of one row group: what is held in memory at a time. */
const groupRows = 20_000;

/**
 * Apache Parquet, compressed with Snappy, and GeoParquet where there are places: well-known binary in longitude and latitude.
 * Every column may hold nothing; a value that is not of its column's kind is left out. [GeoParquet 1.1.0]
 */
export async function* encodeParquet({ dataset: { view }, batches }: ExportSource): AsyncGenerator<Uint8Array> {
  const fields = fieldsOf(view);
  const bytes = new ByteWriter();
  const places = new Places(view.geometry);
  const file = new ParquetWriter({
    writer: bytes as Writer,
    schema: [{ name: 'root', num_children: fields.length }, ...fields.map(({ element }) => element)],
    createdBy: 'oriel',
  });
  let rows = columnsOf(fields);
  let count = 0;
  for await (const entities of batches) {
    for (const entity of entities) {
      places.see(entity);
      for (const [place, { read }] of fields.entries()) rows[place]?.push(read(entity));
    }
    count += entities.length;
    if (count < groupRows) continue;
    await writeGroup(rows, count);
    yield takeFrom(bytes);
    rows = columnsOf(fields);
    count = 0;
  }
  if (count > 0) await writeGroup(rows, count);
  if (view.geometry !== undefined) file.kvMetadata = [{ key: 'geo', value: places.metadata(view.geometry.name) }];
  await file.finish();
  yield takeFrom(bytes);

  async function writeGroup(data: unknown[][], size: number): Promise<void> {
    await file.write({
      columnData: fields.map(({ element }, place) => ({ name: element.name, data: data[place] ?? [] })),
      rowGroupSize: size,
    });
  }
}

interface Field {
  readonly element: SchemaElement;
  readonly read: (entity: Entity) => unknown;
}

function columnsOf(fields: readonly Field[]): unknown[][] {
  return fields.map(() => []);
}

/** What was written since the last time; the writer goes on counting from the beginning of the file. */
function takeFrom(bytes: ByteWriter): Uint8Array {
  const taken = new Uint8Array(bytes.buffer, 0, bytes.index).slice();
  bytes.index = 0;
  return taken;
}

function fieldsOf(view: RowShape): readonly Field[] {
  return [
    { element: text('id'), read: ({ id }) => id },
    { element: text('type'), read: ({ types }) => types[0] },
    ...view.columns.map(fieldOf),
  ];
}

function fieldOf(column: Column): Field {
  const { name, kind } = column;
  const cell = (entity: Entity) => cellOf(entity, column);
  switch (kind) {
    case 'number':
      return { element: plain(name, 'DOUBLE'), read: (entity) => ofType('number', cell(entity)) };
    case 'boolean':
      return { element: plain(name, 'BOOLEAN'), read: (entity) => ofType('boolean', cell(entity)) };
    case 'instant':
      return { element: instantElement(name), read: (entity) => instantOf(cell(entity)) };
    case 'geometry':
      return { element: plain(name, 'BYTE_ARRAY'), read: (entity) => binaryOf(cell(entity)) };
    case 'text':
    case 'json':
      return { element: text(name), read: (entity) => textOf(cell(entity)) };
  }
}

function plain(name: string, type: 'DOUBLE' | 'BOOLEAN' | 'BYTE_ARRAY'): SchemaElement {
  return { name, type, repetition_type: 'OPTIONAL' };
}

function text(name: string): SchemaElement {
  return { ...plain(name, 'BYTE_ARRAY'), converted_type: 'UTF8', logical_type: { type: 'STRING' } };
}

function instantElement(name: string): SchemaElement {
  return {
    name,
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    repetition_type: 'OPTIONAL',
  };
}

function ofType(type: 'number' | 'boolean', value: JsonValue | undefined): JsonValue | undefined {
  return typeof value === type ? value : undefined;
}

function instantOf(value: JsonValue | undefined): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function binaryOf(value: JsonValue | undefined): Uint8Array | undefined {
  const isPlace = typeof value === 'object' && value !== null && ('coordinates' in value || 'geometries' in value);
  return isPlace ? geojsonToWkb(withoutHeights(value as unknown as Geometry)) : undefined;
}

/** What the places of a file have in common. */
class Places {
  readonly #column: Column | undefined;
  readonly #types = new Set<string>();
  #bounds: Bounds | undefined;

  constructor(column: Column | undefined) {
    this.#column = column;
  }

  see(entity: Entity): void {
    const place = placeOf(entity, this.#column);
    if (place === undefined) return;
    this.#types.add(place.type);
    this.#bounds = joined(this.#bounds, boundsOf(place));
  }

  metadata(column: string): string {
    return JSON.stringify({
      version: '1.1.0',
      primary_column: column,
      columns: {
        [column]: {
          encoding: 'WKB',
          geometry_types: [...this.#types].toSorted(),
          ...(this.#bounds && { bbox: this.#bounds }),
        },
      },
    });
  }
}
