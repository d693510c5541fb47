import type { JsonValue } from '../../core/json.ts';
import { renderInstant } from '../../core/time/instant.ts';
import type { ValueRule } from '../mapping.ts';
import { absent, problem, type Reading, read } from '../reading.ts';
import { compileColumn, type Row, textOf } from '../row.ts';
import { compileTemplate } from '../template.ts';
import { parseNumber, tidy, wrap } from './parse-number.ts';
import { compileTimeReader } from './parse-time.ts';

export type ValueKind = NonNullable<ValueRule['as']>;
export type ValueReader = (row: Row) => Reading;

/** Where a text comes from: the first of several columns that is not empty, or a template. */
interface Input {
  readonly column: string;
  readonly text: string;
  /** As the source has it; undefined where a template made the text. */
  readonly raw: JsonValue | undefined;
}

/**
 * Reads one value as a rule says: text → marks for none → capture → map → kind.
 *
 * Throws an `Error` for a rule that makes no sense; the caller knows its path.
 */
export function compileValue(rule: ValueRule, kind: ValueKind, decimal: '.' | ','): ValueReader {
  if (rule.value !== undefined) return constant(rule.value as JsonValue, kind, rule);
  const input = compileInput(rule);
  const marks = new Set(rule.missing ?? []);
  const captures = [rule.capture ?? []].flat().map((source) => new RegExp(source, 'u'));
  const convert = compileConversion(rule, kind, rule.decimal ?? decimal);

  return (row) => {
    const found = input(row);
    if (found === undefined) return absent;
    const column = row.origins?.get(found.column) ?? found.column;
    if (marks.has(found.text)) return problem(column, found.text, 'marked as having no value');
    const texts = captures.length === 0 ? [found.text] : capture(captures, found.text);
    if (texts === undefined) {
      if (rule.optional === true) return absent;
      return problem(column, found.text, 'does not have the form that the mapping looks for');
    }
    const result = convert(texts, found.raw);
    return 'reason' in result ? problem(column, found.text, result.reason) : read(result.value);
  };
}

function constant(value: JsonValue, kind: ValueKind, rule: ValueRule): ValueReader {
  if (kind !== 'instant') return () => read(value);
  const instant = compileTimeReader(rule.format ?? 'iso', rule.zone)(String(value));
  if (instant === undefined) throw new Error(`${JSON.stringify(value)} is not a time of the format`);
  const reading = read(renderInstant(instant));
  return () => reading;
}

function compileInput(rule: ValueRule): (row: Row) => Input | undefined {
  if (rule.template !== undefined) {
    const template = compileTemplate(rule.template);
    const column = template.columns.join(', ');
    return (row) => {
      const text = template.render(row);
      return text === undefined || text === '' ? undefined : { column, text, raw: undefined };
    };
  }
  const columns = [rule.from ?? []].flat().map((name) => ({ name, read: compileColumn(name) }));
  if (columns.length === 0) throw new Error('needs from, template or value');
  return (row) => {
    for (const { name, read } of columns) {
      const raw = read(row);
      const text = textOf(raw);
      if (text !== '') return { column: name, text, raw };
    }
    return undefined;
  };
}

/** The groups of the first pattern that matches; its whole match if it has none. */
function capture(patterns: readonly RegExp[], text: string): string[] | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const groups = found.slice(1).filter((group): group is string => group !== undefined);
    return groups.length === 0 ? [found[0]] : groups;
  }
  return undefined;
}

type Conversion = (texts: readonly string[], raw: JsonValue | undefined) => { value: JsonValue } | { reason: string };

function compileConversion(rule: ValueRule, kind: ValueKind, decimal: '.' | ','): Conversion {
  if (rule.map !== undefined) {
    const map = new Map(Object.entries(rule.map as Record<string, JsonValue>));
    return ([text = '']) => {
      const value = map.get(text.trim());
      return value === undefined ? { reason: 'is none of the values that the mapping knows' } : { value };
    };
  }
  switch (kind) {
    case 'number':
      return compileNumber(rule, decimal);
    case 'instant': {
      const parse = compileTimeReader(rule.format ?? 'iso', rule.zone);
      return ([text = '']) => {
        const instant = parse(text);
        return instant === undefined
          ? { reason: 'is not a time of the expected format' }
          : { value: renderInstant(instant) };
      };
    }
    case 'boolean':
      return ([text = '']) => {
        if (/^(?:true|1)$/i.test(text)) return { value: true };
        if (/^(?:false|0)$/i.test(text)) return { value: false };
        return { reason: 'is neither true nor false' };
      };
    case 'json':
      // Rows of JSON carry values; a text that was cut out, mapped or written into CSV stays a text.
      return ([text = ''], raw) => ({ value: raw !== undefined && rule.capture === undefined ? raw : text });
    case 'text':
      return ([text = '']) => ({ value: text.replace(/\s+/g, ' ').trim() });
  }
}

function compileNumber(rule: ValueRule, decimal: '.' | ','): Conversion {
  const { scale, offset, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = rule;
  return (texts, raw) => {
    // A JSON number is a number already, whatever the decimal sign of the texts beside it.
    const numbers = texts.map((text) => (typeof raw === 'number' ? Number(text) : parseNumber(text, decimal)));
    let number = 0;
    for (const part of numbers) {
      if (part === undefined || Number.isNaN(part)) return { reason: 'is not a number' };
      number += part;
    }
    if (scale !== undefined || offset !== undefined) number = tidy(number * (scale ?? 1) + (offset ?? 0));
    if (rule.wrap !== undefined) number = wrap(number, rule.wrap);
    if (number < minimum) return { reason: `is below the minimum of ${minimum}` };
    if (number > maximum) return { reason: `is above the maximum of ${maximum}` };
    return { value: number };
  };
}
