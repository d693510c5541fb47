import type { Entity } from '../../core/entity/entity.ts';
import { renderInstant } from '../../core/time/instant.ts';
import type { GeoPackageLayer, GeoPackageRow, GeoPackages } from '../../ports/geo-package.ts';
import type { Column, RowShape } from '../dataset/dataset.ts';
import { textIn } from '../dataset/localized-text.ts';
import { cellOf, placeOf } from '../view/cell.ts';
import { wktOf } from '../view/wkt.ts';
import type { ExportedDataset, ExportSource } from './export-source.ts';

/** OGC GeoPackage with one layer, in longitude and latitude; a value that is not of its column's kind is left out. [OGC 12-128r18] */
export function encodeGeoPackage(files: GeoPackages, { dataset, batches }: ExportSource): AsyncIterable<Uint8Array> {
  return files.encode(layerOf(dataset), rowsOf(dataset.view, batches));
}

function layerOf({ id, title, description, modifiedAt, view }: ExportedDataset): GeoPackageLayer {
  return {
    table: id.replaceAll('-', '_'),
    title: textIn(title, []),
    description: textIn(description, []),
    changedAt: renderInstant(modifiedAt),
    columns: [
      { name: 'id', type: 'TEXT' },
      { name: 'type', type: 'TEXT' },
      ...plainColumns(view).map((column) => ({ name: ownName(column.name), type: typeOf(column) })),
    ],
    hasGeometry: view.geometry !== undefined,
  };
}

/** `fid` and `geom` are the layer's own. */
function ownName(name: string): string {
  return /^(fid|geom)$/i.test(name) ? `${name}_` : name;
}

function plainColumns({ columns, geometry }: RowShape): readonly Column[] {
  return columns.filter((column) => column !== geometry);
}

function typeOf({ kind }: Column): GeoPackageLayer['columns'][number]['type'] {
  switch (kind) {
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'instant':
      return 'DATETIME';
    case 'text':
    case 'geometry':
    case 'json':
      return 'TEXT';
  }
}

async function* rowsOf(view: RowShape, batches: ExportSource['batches']): AsyncGenerator<readonly GeoPackageRow[]> {
  const columns = plainColumns(view);
  for await (const entities of batches) {
    yield entities.map((entity): GeoPackageRow => {
      const geometry = placeOf(entity, view.geometry);
      const values = [entity.id, entity.types[0] ?? '', ...columns.map((column) => storedValue(entity, column))];
      return geometry === undefined ? { values } : { values, geometry };
    });
  }
}

function storedValue(entity: Entity, column: Column): string | number | null {
  const value = cellOf(entity, column) ?? null;
  if (value === null) return null;
  switch (column.kind) {
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? Number(value) : null;
    case 'instant':
      return typeof value === 'string' ? value : null;
    case 'geometry':
      return typeof value === 'object' && ('coordinates' in value || 'geometries' in value)
        ? wktOf(value as never)
        : JSON.stringify(value);
    case 'text':
    case 'json':
      return typeof value === 'string' ? value : JSON.stringify(value);
  }
}
