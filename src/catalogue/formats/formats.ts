import type { FormatCode } from '../dataset/dataset-terms.ts';
import type { Format } from './format.ts';

/** Every format by its code. */
export type Formats = Readonly<Record<FormatCode, Format>>;

export const formats: Formats = {
  csv: {
    code: 'csv',
    label: 'CSV',
    mediaType: 'text/csv; charset=utf-8; header=present',
    fileType: 'CSV',
    compressible: true,
  },
  geojson: {
    code: 'geojson',
    label: 'GeoJSON',
    mediaType: 'application/geo+json',
    fileType: 'GEOJSON',
    compressible: true,
  },
  ndjson: {
    code: 'ndjson',
    label: 'NDJSON',
    mediaType: 'application/x-ndjson',
    fileType: 'JSON',
    compressible: true,
  },
  jsonld: {
    code: 'jsonld',
    label: 'JSON-LD',
    mediaType: 'application/ld+json',
    fileType: 'JSON_LD',
    compressible: true,
  },
  xlsx: {
    code: 'xlsx',
    label: 'XLSX',
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    fileType: 'XLSX',
    compressible: false,
  },
  gpkg: {
    code: 'gpkg',
    label: 'GeoPackage',
    mediaType: 'application/geopackage+sqlite3',
    fileType: 'GPKG',
    compressible: false,
  },
  parquet: {
    code: 'parquet',
    label: 'Parquet',
    mediaType: 'application/vnd.apache.parquet',
    fileType: 'PARQUET',
    compressible: false,
  },
};
