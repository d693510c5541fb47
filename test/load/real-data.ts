import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const place = resolve(process.env.ORIEL_TEST_DATA ?? '../shared/data');

/**
 * The directory with the open data of Madrid and Barcelona, or undefined where it is not there: the files are not ours to
 * carry in the repository. Their publishers and names are in examples/README.md.
 */
export const realData: string | undefined = existsSync(`${place}/madrid_bike_racks.csv`) ? place : undefined;

if (realData === undefined) {
  console.warn(`No open data in ${place}; the tests that load it do not run. Set ORIEL_TEST_DATA to its directory.`);
}
