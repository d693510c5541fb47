import type { Geometry } from 'geojson';

/** Makes GeoPackage files: one layer a file. [OGC 12-128r18] */
export interface GeoPackages {
  /** The file, piece by piece; it is made as a whole before the first piece comes. Memory does not grow with the rows. */
  encode(layer: GeoPackageLayer, batches: AsyncIterable<readonly GeoPackageRow[]>): AsyncIterable<Uint8Array>;
}

export interface GeoPackageLayer {
  /** Name of the table: letters, digits and `_`. */
  readonly table: string;
  readonly title: string;
  readonly description: string;
  /** What the time of the last change is given as, so that equal data gives equal files. */
  readonly changedAt: string;
  readonly columns: readonly { readonly name: string; readonly type: 'TEXT' | 'DOUBLE' | 'BOOLEAN' | 'DATETIME' }[];
  /** Whether rows have a place: a layer of features, otherwise of attributes. */
  readonly hasGeometry: boolean;
}

export interface GeoPackageRow {
  /** In the order of the columns; a boolean as 0 or 1. */
  readonly values: readonly (string | number | null)[];
  readonly geometry?: Geometry;
}
