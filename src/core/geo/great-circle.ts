import type { Position } from 'geojson';

/** The radius of the sphere on which distances are measured: the one MongoDB uses, so that both engines agree. */
export const earthRadiusMetres = 6_378_100;

/** Metres from one position to another along the sphere, by the haversine formula: exact to the rounding, near and far alike. */
export function greatCircleMetres(a: Position, b: Position): number {
  const [longitude = 0, latitude = 0] = a;
  const [otherLongitude = 0, otherLatitude = 0] = b;
  const up = Math.sin(((otherLatitude - latitude) * radiansPerDegree) / 2);
  const across = Math.sin(((otherLongitude - longitude) * radiansPerDegree) / 2);
  const chord =
    up * up + Math.cos(latitude * radiansPerDegree) * Math.cos(otherLatitude * radiansPerDegree) * across * across;
  return 2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(chord)));
}

const radiansPerDegree = Math.PI / 180;
