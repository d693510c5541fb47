import type { GeoPackages } from '../../ports/geo-package.ts';
import type { FormatCode } from '../dataset/dataset-terms.ts';
import { encodeCsv } from './csv.ts';
import type { ExportSource } from './export-source.ts';
import { encodeGeoPackage } from './geo-package.ts';
import { encodeGeojson, encodeJsonld, encodeNdjson } from './json-formats.ts';
import { encodeParquet } from './parquet.ts';
import { encodeXlsx } from './xlsx.ts';

/** Makes a file, piece by piece, in memory that does not grow with the rows. */
export type Encoding = (source: ExportSource) => AsyncIterable<string | Uint8Array>;

/** How a file of each format is made. */
export type Encodings = Readonly<Record<FormatCode, Encoding>>;

export function encodingsWith(geoPackages: GeoPackages): Encodings {
  return {
    csv: encodeCsv,
    geojson: encodeGeojson,
    ndjson: encodeNdjson,
    jsonld: encodeJsonld,
    xlsx: encodeXlsx,
    gpkg: (source) => encodeGeoPackage(geoPackages, source),
    parquet: encodeParquet,
  };
}
