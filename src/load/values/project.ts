import proj4 from 'proj4';

/** Metres of a projected system to longitude and latitude in degrees, rounded to seven decimals (about a centimetre). */
export type Unproject = (east: number, north: number) => readonly [longitude: number, latitude: number];

/**
 * From ETRS89 / UTM (EPSG:25829 to 25837), WGS 84 / UTM (EPSG:32601 to 32660 north, 32701 to 32760 south) or any proj4
 * definition. ETRS89 and WGS 84 differ by less than a metre. Throws an `Error` for a system that is not known.
 */
export function compileUnproject(crs: string): Unproject {
  const converter = proj4(definitionOf(crs), 'EPSG:4326');
  return (east, north) => {
    const [longitude = Number.NaN, latitude = Number.NaN] = converter.forward([east, north]);
    return [Number(longitude.toFixed(7)), Number(latitude.toFixed(7))];
  };
}

function definitionOf(crs: string): string {
  if (crs.startsWith('+proj=')) return crs;
  const code = Number(/^EPSG:(\d+)$/.exec(crs)?.[1]);
  if (code >= 25829 && code <= 25837) return `+proj=utm +zone=${code - 25800} +ellps=GRS80 +units=m +no_defs`;
  if (code >= 32601 && code <= 32660) return `+proj=utm +zone=${code - 32600} +datum=WGS84 +units=m +no_defs`;
  if (code >= 32701 && code <= 32760) return `+proj=utm +zone=${code - 32700} +south +datum=WGS84 +units=m +no_defs`;
  throw new Error(
    `no coordinate system "${crs}"; there are EPSG:25829-25837, 32601-32660, 32701-32760 and proj4 definitions`,
  );
}
