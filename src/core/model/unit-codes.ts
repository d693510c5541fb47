/**
 * Codes of UN/CEFACT for units as models write them out: `Units:'Kilometer per hour (Km/h)'`. Read without regard to case,
 * blanks and what stands in brackets; undefined for what is not known here.
 */
export function unitCodeOf(units: string): string | undefined {
  const plain = units
    .toLowerCase()
    .replaceAll(/\(.*?\)/g, '')
    .replaceAll(/[\s._-]+/g, ' ')
    .replaceAll(/^ | $/g, '');
  return codes.get(plain) ?? codes.get(plain.replace(/s$/, ''));
}

const codes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    CEL: ['celsius', 'degree celsius', 'degrees celsius', 'celsius degree', 'celsius degrees', '°c', 'degc'],
    FAH: ['fahrenheit', 'degree fahrenheit', 'degrees fahrenheit', '°f'],
    KEL: ['kelvin'],
    MTR: ['meter', 'metre', 'm'],
    CMT: ['centimeter', 'centimetre', 'cm'],
    MMT: ['millimeter', 'millimetre', 'mm', 'liters per square meter', 'litres per square metre', 'l/m2', 'l/m²'],
    KMT: ['kilometer', 'kilometre', 'km'],
    MTK: ['square meter', 'square metre', 'm2', 'm²'],
    MTQ: ['cubic meter', 'cubic metre', 'm3', 'm³'],
    LTR: ['liter', 'litre', 'l'],
    E32: ['litres/hour', 'liters/hour', 'litre per hour', 'liter per hour', 'l/h'],
    MTS: ['meters per second', 'meter per second', 'metres per second', 'metre per second', 'm/s'],
    KMH: ['kilometer per hour', 'kilometers per hour', 'kilometre per hour', 'kilometres per hour', 'km/h', 'kmh'],
    DD: ['degree', 'decimal degree', 'angular degree', '°'],
    KGM: ['kilogram', 'kg'],
    GRM: ['gram', 'g'],
    SEC: ['second', 'sec', 's'],
    MIN: ['minute', 'min'],
    HUR: ['hour', 'h'],
    DAY: ['day'],
    A97: ['hecto pascal', 'hectopascal', 'hpa'],
    KPA: ['kilopascal', 'kpa'],
    PAL: ['pascal', 'pa'],
    MBR: ['millibar', 'mbar'],
    LUX: ['lux', 'lx'],
    D54: ['w/m2', 'w/m²', 'watt per square meter', 'watts per square meter', 'watt per square metre'],
    WTT: ['watt', 'w'],
    KWT: ['kilowatt', 'kw'],
    KWH: ['kilowatt hour', 'kwh'],
    D44: ['volt ampere reactive', 'volts ampere reactive', 'var'],
    D46: ['volt ampere', 'va'],
    K3: ['kilovolt ampere reactive hour', 'kvarh'],
    C79: ['kilovolt ampere hour', 'kvah'],
    AMP: ['ampere', 'amper', 'amp', 'a'],
    VLT: ['volt', 'v'],
    HTZ: ['hertz', 'hz'],
    D10: ['siemens per meter', 'siemens per metre', 's/m'],
    M1: ['mg/l', 'milligram per liter', 'milligrams per liter', 'milligram per litre'],
    GQ: ['µg/m3', 'ug/m3', 'µg/m³', 'microgram per cubic meter', 'micrograms per cubic meter'],
    GP: ['mg/m3', 'mg/m³', 'milligram per cubic meter', 'milligrams per cubic meter'],
    '59': ['ppm', 'parts per million'],
    '61': ['ppb', 'parts per billion'],
    '2N': ['decibel', 'db', 'dba'],
    P1: ['percent', 'percentage', '%'],
  }).flatMap(([code, names]) => names.map((name) => [name, code] as const)),
);
