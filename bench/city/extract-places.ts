/*
 * Makes the three tables of `bench/city/places` from the files that the city publishes (examples/README.md says which and where):
 *
 *     npx tsx bench/city/extract-places.ts DIRECTORY
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

type Row = Readonly<Record<string, string>>;

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('the directory of the published files is missing');
const places = 'bench/city/places';

function rowsOf(file: string): readonly Row[] {
  return parse(readFileSync(`${source}/${file}`), { columns: true, delimiter: ';' }) as readonly Row[];
}

/** Five decimals: a metre. */
function degrees(text = ''): string {
  return Number(text.replace(',', '.')).toFixed(5);
}

/** Without the characters that NGSIv2 brokers refuse. */
function plain(text = ''): string {
  return text.replace(/[<>"'=;()]+/g, ' ');
}

function write(name: string, header: readonly string[], rows: readonly (readonly (string | undefined)[])[]): void {
  writeFileSync(`${places}/${name}.csv`, `${[header, ...rows].map((row) => row.join(';')).join('\n')}\n`);
  console.log(`${name}: ${rows.length}`);
}

mkdirSync(places, { recursive: true });
const levels = ['fluid', 'slow', 'retentions', 'congested'];
write(
  'counters',
  ['longitude', 'latitude', 'intensity', 'occupancy', 'serviceLevel'],
  rowsOf('madrid_traffic_2018-02-24.csv')
    .filter((row) => Number(row.intensidad) >= 0 && row.nivelServicio !== '')
    .map((row) => [
      degrees(row.longitude),
      degrees(row.latitude),
      row.intensidad,
      row.ocupacion,
      levels[Number(row.nivelServicio)],
    ]),
);
write(
  'racks',
  ['longitude', 'latitude', 'street', 'district', 'model'],
  rowsOf('madrid_bike_racks.csv')
    // Every third one is enough to be multiplied.
    .filter((row, at) => at % 3 === 0 && Number(row.LATITUD) > 40)
    .map((row) => [
      degrees(row.LONGITUD),
      degrees(row.LATITUD),
      plain(`${row.TIPO_VIA} ${row.NOM_VIA}`),
      row.DISTRITO,
      row.MODELO,
    ]),
);
write(
  'stations',
  ['longitude', 'latitude', 'name', 'bikes', 'slots'],
  rowsOf('madrid_bicimad_stations.csv').map((row) => [
    degrees(row.POINT_X),
    degrees(row.POINT_Y),
    plain(row.Name),
    row.DockBikes,
    row.FreeBases,
  ]),
);
