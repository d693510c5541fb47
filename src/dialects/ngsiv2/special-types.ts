/** Types whose values are instants. [V2 datetime support] */
export function isDateTimeType(type: string): boolean {
  return type === 'DateTime' || type === 'ISO8601';
}

/** Types whose values are places. [V2 geospatial properties] */
export function isGeoType(type: string): type is GeoType {
  return geoTypes.has(type);
}

export type GeoType = 'geo:point' | 'geo:line' | 'geo:box' | 'geo:polygon' | 'geo:json';

const geoTypes: ReadonlySet<string> = new Set(['geo:point', 'geo:line', 'geo:box', 'geo:polygon', 'geo:json']);

/** The type whose values may have any character. [V2 special attribute types] */
export const unrestrictedType = 'TextUnrestricted';
