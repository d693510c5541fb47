import type { GeoPackages } from '../../ports/geo-package.ts';
import type { FormatCode } from '../dataset/dataset-terms.ts';
import { csv } from './csv.ts';
import type { Format } from './format.ts';
import { geoPackage } from './geo-package.ts';
import { geojson, jsonld, ndjson } from './json-formats.ts';
import { parquet } from './parquet.ts';
import { xlsx } from './xlsx.ts';

/** Every format by its code. */
export type Formats = Readonly<Record<FormatCode, Format>>;

export function formatsWith(geoPackages: GeoPackages): Formats {
  return { csv, geojson, ndjson, jsonld, xlsx, gpkg: geoPackage(geoPackages), parquet };
}
