import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Geometry } from 'geojson';
import { geojsonToWkb } from 'hyparquet-writer';
import { withoutHeights } from '../../core/geo/without-heights.ts';
import type { GeoPackageLayer, GeoPackageRow, GeoPackages } from '../../ports/geo-package.ts';

/** GeoPackages made by SQLite in files of their own, which are removed once they are read. */
export class SqliteGeoPackages implements GeoPackages {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async *encode(layer: GeoPackageLayer, batches: AsyncIterable<readonly GeoPackageRow[]>): AsyncGenerator<Uint8Array> {
    await mkdir(this.#directory, { recursive: true });
    const path = join(this.#directory, `${randomUUID()}.gpkg`);
    try {
      await write(path, layer, batches);
      for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) yield piece as Uint8Array;
    } finally {
      await rm(path, { force: true });
    }
  }
}

async function write(
  path: string,
  layer: GeoPackageLayer,
  batches: AsyncIterable<readonly GeoPackageRow[]>,
): Promise<void> {
  const database = new DatabaseSync(path);
  try {
    // Nobody else knows the file, and one that a crash leaves half is thrown away.
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8192');
    // "GPKG", version 1.3.0. [OGC 12-128r18 1.1.1.1.1]
    database.exec('PRAGMA application_id = 0x47504B47; PRAGMA user_version = 10300');
    database.exec(ownTables);
    database.exec(layerTable(layer));
    database.exec('BEGIN');
    const places = layer.columns.length + (layer.hasGeometry ? 1 : 0);
    const names = [...layer.columns.map(({ name }) => name), ...(layer.hasGeometry ? ['geom'] : [])].map(quoted);
    const insert = database.prepare(
      `INSERT INTO ${quoted(layer.table)} (${names.join(', ')}) VALUES (${Array.from({ length: places }, () => '?').join(', ')})`,
    );
    const extent = new Extent();
    for await (const rows of batches) {
      for (const { values, geometry } of rows) {
        extent.add(geometry);
        if (layer.hasGeometry) insert.run(...values, geometry === undefined ? null : geometryBlob(geometry));
        else insert.run(...values);
      }
    }
    describe(database, layer, extent);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

const ownTables = `
  CREATE TABLE gpkg_spatial_ref_sys (
    srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT
  );
  CREATE TABLE gpkg_contents (
    table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
    last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
  );
  CREATE TABLE gpkg_geometry_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
    z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
    CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
  );
  INSERT INTO gpkg_spatial_ref_sys VALUES
    ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
    ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
    ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]', 'longitude and latitude in degrees')`;

function layerTable({ table, columns, hasGeometry }: GeoPackageLayer): string {
  const definitions = columns.map(({ name, type }) => `${quoted(name)} ${type}`);
  return `CREATE TABLE ${quoted(table)} (${['fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL', ...(hasGeometry ? ['geom GEOMETRY'] : []), ...definitions].join(', ')})`;
}

function describe(database: InstanceType<typeof DatabaseSync>, layer: GeoPackageLayer, { bounds }: Extent): void {
  const { table, title, description, changedAt, hasGeometry } = layer;
  database
    .prepare('INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(
      table,
      hasGeometry ? 'features' : 'attributes',
      title,
      description,
      changedAt,
      ...(bounds ?? [null, null, null, null]),
      hasGeometry ? 4326 : null,
    );
  if (hasGeometry)
    database.prepare("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', 4326, 0, 0)").run(table);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The header of a geometry without an envelope, little endian, and the geometry as well-known binary. [OGC 12-128r18 2.1.3] */
function geometryBlob(geometry: Geometry): Uint8Array {
  const binary = geojsonToWkb(withoutHeights(geometry));
  const blob = Buffer.alloc(8 + binary.length);
  blob.write('GP', 0, 'latin1');
  blob[3] = 1;
  blob.writeInt32LE(4326, 4);
  blob.set(binary, 8);
  return blob;
}

type Nested = number | readonly Nested[];

/** Bounds of all geometries of a layer. */
class Extent {
  bounds: [number, number, number, number] | undefined;

  add(geometry: Geometry | undefined): void {
    if (geometry === undefined) return;
    if (geometry.type === 'GeometryCollection') for (const part of geometry.geometries) this.add(part);
    else this.#addAll(geometry.coordinates);
  }

  #addAll(nested: readonly Nested[]): void {
    const [x, y] = nested;
    if (typeof x !== 'number' || typeof y !== 'number') {
      for (const part of nested) this.#addAll(part as readonly Nested[]);
      return;
    }
    const [west, south, east, north] = this.bounds ?? [x, y, x, y];
    this.bounds = [Math.min(west, x), Math.min(south, y), Math.max(east, x), Math.max(north, y)];
  }
}
