import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTimeOf } from '../../src/load/values/local-time.ts';
import { parseDms } from '../../src/load/values/parse-dms.ts';
import { parseNumber, wrap } from '../../src/load/values/parse-number.ts';
import { compileTimeReader } from '../../src/load/values/parse-time.ts';
import { compileUnproject } from '../../src/load/values/project.ts';

describe('A number', () => {
  it.each([
    ['12', '.', 12],
    ['-0.5', '.', -0.5],
    ['0E-8', '.', 0],
    ['.5', '.', 0.5],
    ['439579,3291', ',', 439579.3291],
    ['7,', ',', 7],
  ] as const)('is read from %s with the decimal sign %s', (text, decimal, number) => {
    expect(parseNumber(text, decimal)).toBe(number);
  });

  it.each([
    ['', '.'],
    ['--3.65', '.'],
    ['1,5', '.'],
    ['1.234,5', ','],
    ['0x10', '.'],
    ['Infinity', '.'],
    ['1e999', '.'],
    ['12 m', '.'],
  ] as const)('is not read from %j with the decimal sign %s', (text, decimal) => {
    expect(parseNumber(text, decimal)).toBeUndefined();
  });

  it('comes back from its own text with either decimal sign', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(parseNumber(String(number), '.')).toBe(Number(String(number)));
        expect(parseNumber(String(number).replace('.', ','), ',')).toBe(Number(String(number)));
      }),
    );
  });

  it('wraps around its circle and stays put inside', () => {
    expect(wrap(302, [-180, 180])).toBe(-58);
    expect(wrap(360, [-180, 180])).toBe(0);
    expect(wrap(180, [-180, 180])).toBe(180);
    expect(wrap(-190.5, [-180, 180])).toBe(169.5);
  });
});

describe('Degrees, minutes and seconds', () => {
  it.each([
    [`3°42'43.91"O`, -3.7121972],
    [`40°25'25.98"N`, 40.4238833],
    [`3º 38' 13'' O`, -3.6369444],
    [`  3°43'4.37"O`, -3.7178806],
    [`40º 27' 55''N`, 40.4652778],
    ['33° 27′ 0″ S', -33.45],
    ['2.5° E', 2.5],
  ])('of %s', (text, degrees) => {
    expect(parseDms(text)).toBe(degrees);
  });

  it.each(['', '3.7', `3°61'0"N`, `3°42'75"N`, 'N', '3°42'])('are not seen in %j', (text) => {
    expect(parseDms(text)).toBe(undefined);
  });

  it('come back from any position to a centimetre', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 179.9, noNaN: true }), fc.boolean(), (size, west) => {
        const minutes = (size % 1) * 60;
        const text = `${Math.floor(size)}°${Math.floor(minutes)}'${((minutes % 1) * 60).toFixed(4)}"${west ? 'W' : 'E'}`;
        // Seconds that round up to 60 are refused, as no publisher writes them.
        const degrees = parseDms(text);
        if (degrees !== undefined) expect(Math.abs(degrees - (west ? -size : size))).toBeLessThan(2e-7);
      }),
    );
  });
});

describe('Local time', () => {
  const madrid = localTimeOf('Europe/Madrid');
  const wallClock = (text: string) => Date.parse(`${text}Z`);
  const instantOf = (text: string) => new Date(madrid.instantOf(wallClock(text))).toISOString();

  it('is one hour ahead of UTC in winter and two in summer in Madrid', () => {
    expect(instantOf('2018-02-24T17:16:00')).toBe('2018-02-24T16:16:00.000Z');
    expect(instantOf('2025-08-31T00:00:00')).toBe('2025-08-30T22:00:00.000Z');
  });

  it('is the first of two instants when clocks are put back', () => {
    expect(instantOf('2025-10-26T02:30:00')).toBe('2025-10-26T00:30:00.000Z');
    expect(instantOf('2025-10-26T03:00:00')).toBe('2025-10-26T02:00:00.000Z');
  });

  it('moves on by the gap when clocks are put forward', () => {
    expect(instantOf('2025-03-30T01:59:00')).toBe('2025-03-30T00:59:00.000Z');
    expect(instantOf('2025-03-30T02:30:00')).toBe('2025-03-30T01:30:00.000Z');
    expect(instantOf('2025-03-30T03:00:00')).toBe('2025-03-30T01:00:00.000Z');
  });

  it('shows the wall-clock time again at the instant, in any zone, unless clocks skip it', () => {
    const zones = ['Europe/Madrid', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.date({ min: new Date('1990-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }),
        (zone, date) => {
          const wall = Math.floor(date.getTime() / 60_000) * 60_000;
          const shown = new Intl.DateTimeFormat('sv-SE', {
            timeZone: zone,
            dateStyle: 'short',
            timeStyle: 'medium',
          }).format(localTimeOf(zone).instantOf(wall));
          const asShown = Date.parse(`${shown.replace(' ', 'T')}Z`);
          expect([0, 30, 60].map((minutes) => wall + minutes * 60_000)).toContain(asShown);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('refuses a zone that there is not', () => {
    expect(() => localTimeOf('Europe/Nowhere')).toThrow('no time zone "Europe/Nowhere"');
  });
});

describe('A time', () => {
  const iso = (format: string, zone: string | undefined, text: string, plusMs = 0) => {
    const instant = compileTimeReader(format, zone)(text, plusMs);
    return instant === undefined ? undefined : new Date(instant).toISOString();
  };

  it.each([
    ['iso', undefined, '2025-09-06', '2025-09-06T00:00:00.000Z'],
    ['iso', 'Europe/Madrid', '2025-09-06', '2025-09-05T22:00:00.000Z'],
    ['iso', 'Europe/Madrid', '2025-09-06 10:30', '2025-09-06T08:30:00.000Z'],
    ['iso', 'Europe/Madrid', '2025-09-06T10:30:00Z', '2025-09-06T10:30:00.000Z'],
    ['iso', 'Europe/Madrid', '2025-09-06T10:30:00+05:30', '2025-09-06T05:00:00.000Z'],
    ['epochSeconds', undefined, '1651871270', '2022-05-06T21:07:50.000Z'],
    ['epochMilliseconds', 'Europe/Madrid', '1651871270001', '2022-05-06T21:07:50.001Z'],
    ['dd/MM/yyyy', 'Europe/Madrid', '01/12/1998', '1998-11-30T23:00:00.000Z'],
    ['dd/MM/yyyy', undefined, '1/2/1998', '1998-02-01T00:00:00.000Z'],
    ['yyyy-MM-dd HH:mm:ss.*', 'Europe/Madrid', '2019-06-14 00:00:00.0', '2019-06-13T22:00:00.000Z'],
    ['yyyyMMdd', undefined, '20250906', '2025-09-06T00:00:00.000Z'],
  ])('in the form %s and the zone %s is read from %s', (format, zone, text, instant) => {
    expect(iso(format, zone, text)).toBe(instant);
  });

  it.each([
    ['iso', '06/09/2025'],
    ['iso', '2025-02-30'],
    ['dd/MM/yyyy', '31/02/2025'],
    ['dd/MM/yyyy', '2025-01-01'],
    ['epochSeconds', 'yesterday'],
    ['epochSeconds', '999999999999999'],
  ])('in the form %s is not read from %s', (format, text) => {
    expect(iso(format, undefined, text)).toBeUndefined();
  });

  it('is hours of wall clock later, 24 being midnight of the day after', () => {
    expect(iso('iso', 'Europe/Madrid', '2025-08-31', 24 * 3_600_000)).toBe('2025-08-31T22:00:00.000Z');
    expect(iso('iso', 'Europe/Madrid', '2025-10-26', 12 * 3_600_000)).toBe('2025-10-26T11:00:00.000Z');
  });

  it('needs a format that makes sense', () => {
    expect(() => compileTimeReader('hh:mm', undefined)).toThrow('"hh" in the format');
    expect(() => compileTimeReader('dd/MM', undefined)).toThrow('has no yyyy');
  });
});

describe('Projected coordinates', () => {
  it('of UTM zone 30N are those of the counter to a few centimetres [EPSG:25830]', () => {
    const [longitude, latitude] = compileUnproject('EPSG:25830')(436008.18, 4472593.79);
    expect(longitude).toBeCloseTo(-3.754104, 5);
    expect(latitude).toBeCloseTo(40.401495, 5);
  });

  it('are read in the southern hemisphere and by a proj4 definition', () => {
    expect(compileUnproject('EPSG:32719')(346_000, 6_297_000)[1]).toBeCloseTo(-33.45, 1);
    expect(compileUnproject('+proj=longlat +datum=WGS84 +no_defs')(2, 41)).toEqual([2, 41]);
  });

  it('refuse a system that is not known', () => {
    expect(() => compileUnproject('EPSG:1')).toThrow('no coordinate system "EPSG:1"');
  });
});
