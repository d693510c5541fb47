import type { EpochMs } from '../../core/entity/entity.ts';
import { parseInstant } from '../../core/time/instant.ts';
import { type LocalTime, localTimeOf } from './local-time.ts';

/** The instant that a text names, `plusMs` of wall clock later; undefined where it names none. */
export type TimeReader = (text: string, plusMs?: number) => EpochMs | undefined;

const utc: LocalTime = { instantOf: (wallClock) => wallClock };
const statesZone = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/;

/**
 * Reads times in one format: `iso` (a date, or date and time with `T` or a blank between), `epochSeconds`,
 * `epochMilliseconds`, or a pattern of `yyyy MM dd HH mm ss` and other signs, in which `*` stands for whatever follows.
 *
 * `zone` counts for times that state none. Throws an `Error` for a format or a zone that there is not.
 */
export function compileTimeReader(format: string, zone: string | undefined): TimeReader {
  const local = zone === undefined ? utc : localTimeOf(zone);
  if (format === 'epochSeconds') return epochReader(1000);
  if (format === 'epochMilliseconds') return epochReader(1);
  if (format === 'iso') {
    return (text, plusMs = 0) => {
      const instant = parseInstant(text.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T'));
      if (instant === undefined) return undefined;
      return text.length > 10 && statesZone.test(text) ? instant + plusMs : local.instantOf(instant + plusMs);
    };
  }
  const read = compilePattern(format);
  return (text, plusMs = 0) => {
    const wallClock = read(text);
    return wallClock === undefined ? undefined : local.instantOf(wallClock + plusMs);
  };
}

function epochReader(unitMs: number): TimeReader {
  return (text, plusMs = 0) => {
    if (!/^-?\d{1,15}(?:\.\d+)?$/.test(text)) return undefined;
    const instant = Math.round(Number(text) * unitMs) + plusMs;
    return Math.abs(instant) <= 8.64e15 ? instant : undefined;
  };
}

const fields = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2 } as const;

function compilePattern(pattern: string): (text: string) => EpochMs | undefined {
  const names: string[] = [];
  const source = pattern.replace(/yyyy|MM|dd|HH|mm|ss|\*|[^A-Za-z]|[A-Za-z]+/g, (part) => {
    if (part === '*') return '.*';
    if (Object.hasOwn(fields, part)) {
      names.push(part);
      return part === 'yyyy' ? '(\\d{4})' : '(\\d{1,2})';
    }
    if (part === 'T') return 'T';
    if (/[A-Za-z]/.test(part)) throw new Error(`"${part}" in the format; there are yyyy, MM, dd, HH, mm, ss, T and *`);
    return part.replace(/[$()+.?[\\\]^{|}]/, '\\$&');
  });
  if (!names.includes('yyyy')) throw new Error(`the format "${pattern}" has no yyyy`);
  const form = new RegExp(`^${source}$`);
  return (text) => {
    const found = form.exec(text);
    if (found === null) return undefined;
    const part = (name: keyof typeof fields, otherwise: string) => {
      const index = names.indexOf(name);
      return (index === -1 ? otherwise : (found[index + 1] ?? otherwise)).padStart(fields[name], '0');
    };
    const date = `${part('yyyy', '')}-${part('MM', '01')}-${part('dd', '01')}`;
    return parseInstant(`${date}T${part('HH', '00')}:${part('mm', '00')}:${part('ss', '00')}`);
  };
}
