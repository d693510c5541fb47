import type { PositionRule } from '../mapping.ts';
import { absent, problem, type Reading, read } from '../reading.ts';
import { compileColumn, type Row, textOf } from '../row.ts';
import { parseDms } from './parse-dms.ts';
import { parseNumber } from './parse-number.ts';
import { compileUnproject } from './project.ts';

export type LonLat = readonly [longitude: number, latitude: number];
export type PositionReader = (row: Row) => Reading<LonLat>;

/**
 * Reads a position from two columns. Of several rules the first that gives one counts; what was wrong with the ones
 * before it comes along as `corrected`.
 *
 * Throws an `Error` for a rule that makes no sense.
 */
export function compilePosition(rules: readonly PositionRule[], decimal: '.' | ','): PositionReader {
  const readers = rules.map((rule) => compileOne(rule, decimal));
  return (row) => {
    let trouble: Extract<Reading, { kind: 'problem' }> | undefined;
    for (const reader of readers) {
      const reading = reader(row);
      if (reading.kind === 'value') {
        return trouble === undefined ? reading : { ...reading, corrected: trouble.problem };
      }
      if (reading.kind === 'problem') trouble ??= reading;
    }
    return trouble ?? absent;
  };
}

function compileOne(rule: PositionRule, sourceDecimal: '.' | ','): PositionReader {
  const [first, second] = columnsOf(rule);
  const columns = `${first}, ${second}`;
  const [readFirst, readSecond] = [compileColumn(first), compileColumn(second)];
  const convert = compileConversion(rule, rule.decimal ?? sourceDecimal);
  const marks = new Set(rule.missing ?? []);
  const [west, south, east, north] = rule.bounds ?? [-180, -90, 180, 90];

  return (row) => {
    const texts = [textOf(readFirst(row)), textOf(readSecond(row))] as const;
    if (texts[0] === '' && texts[1] === '') return absent;
    const value = texts.join(', ');
    if (texts.some((text) => text === '' || marks.has(text))) return problem(columns, value, 'has no position');
    const position = convert(...texts);
    if (position === undefined) return problem(columns, value, 'is not a position');
    const [longitude, latitude] = position;
    const inside = longitude >= west && longitude <= east && latitude >= south && latitude <= north;
    return inside ? read(position) : problem(columns, value, 'lies outside of the bounds');
  };
}

function columnsOf(rule: PositionRule): readonly [string, string] {
  if (rule.longitude !== undefined && rule.latitude !== undefined) return [rule.longitude, rule.latitude];
  if (rule.east !== undefined && rule.north !== undefined && rule.crs !== undefined) return [rule.east, rule.north];
  throw new Error('needs longitude and latitude, or east, north and crs');
}

function compileConversion(
  rule: PositionRule,
  decimal: '.' | ',',
): (first: string, second: string) => LonLat | undefined {
  const parse = rule.notation === 'dms' ? parseDms : (text: string) => parseNumber(text, decimal);
  const unproject = rule.east === undefined || rule.crs === undefined ? undefined : compileUnproject(rule.crs);
  return (first, second) => {
    const [x, y] = [parse(first), parse(second)];
    if (x === undefined || y === undefined) return undefined;
    return unproject === undefined ? [x, y] : unproject(x, y);
  };
}
