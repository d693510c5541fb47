import type { EpochMs } from '../core/entity/entity.ts';
import type { JsonValue } from '../core/json.ts';
import { renderInstant } from '../core/time/instant.ts';
import { type Condition, compileCondition } from './condition.ts';
import type { AttributeRule } from './mapping.ts';
import type { NgsiAttribute, NgsiMetadata } from './ngsi-entity.ts';
import { absent, type Problem, problem, type Reading, read } from './reading.ts';
import { compileColumn, type Row, textOf } from './row.ts';
import { hasForbiddenCharacters, storableType } from './text-policy.ts';
import { compilePosition } from './values/compile-position.ts';
import { compileValue, type ValueKind, type ValueReader } from './values/compile-value.ts';

/** Makes one attribute of a row. */
export interface AttributeReader {
  readonly name: string;
  readonly required: boolean;
  /** Tells whether the row is about this attribute at all. */
  readonly applies: Condition;
  /** Whether `applies` depends on the row. */
  readonly conditional: boolean;
  read(row: Row, observedAt: EpochMs | undefined): AttributeReading;
}

export interface AttributeReading {
  /** Undefined where the row has no value for it. */
  readonly attribute: NgsiAttribute | undefined;
  /** What was left out of it, or why there is none. */
  readonly problems: readonly Problem[];
  /** What was wrong although a value was found elsewhere. */
  readonly corrections: readonly Problem[];
}

/** Several values in one, so several problems. */
interface Gathered {
  readonly reading: Reading;
  readonly problems: readonly Problem[];
}

type Gatherer = (row: Row) => Gathered;

/** Throws an `Error`, its message beginning with the path below the attribute, for a rule that makes no sense. */
export function compileAttribute(name: string, rule: AttributeRule, decimal: '.' | ','): AttributeReader {
  if (hasForbiddenCharacters(name))
    throw new Error(`the name has one of the signs < > " ' = ; ( ) that NGSIv2 refuses`);
  const gather = compileContent(rule, decimal);
  const metadata = compileMetadata(rule);
  return {
    name,
    required: rule.required === true,
    applies: rule.when === undefined ? () => true : compileCondition(rule.when),
    conditional: rule.when !== undefined,
    read(row, observedAt) {
      const { reading, problems } = gather(row);
      if (reading.kind !== 'value') return { attribute: undefined, problems, corrections: [] };
      const type = storableType(rule.type, reading.value);
      const corrections = reading.corrected === undefined ? [] : [reading.corrected];
      return { attribute: { type, value: reading.value, ...metadata(observedAt) }, problems, corrections };
    },
  };
}

/** How a value is read where the rule does not say: by the attribute type that it gets. */
function kindOf(type: string): ValueKind {
  switch (type) {
    case 'Number':
      return 'number';
    case 'Boolean':
      return 'boolean';
    case 'DateTime':
    case 'ISO8601':
      return 'instant';
    case 'StructuredValue':
      return 'json';
    default:
      return 'text';
  }
}

const contents = ['cases', 'object', 'list', 'position', 'geometry', 'from', 'template', 'value'] as const;

function compileContent(rule: AttributeRule, decimal: '.' | ','): Gatherer {
  const given = contents.filter((name) => rule[name] !== undefined);
  const [content] = given;
  if (content === undefined || given.length > 1) {
    throw new Error(`needs exactly one of ${contents.join(', ')}; has ${given.join(' and ') || 'none'}`);
  }
  switch (content) {
    case 'cases':
      return compileCases(rule, decimal);
    case 'object':
      return compileObject(rule.object ?? {}, decimal);
    case 'list':
      return compileList(rule.list ?? [], decimal);
    case 'position':
      return single(compilePoint(rule, decimal));
    case 'geometry':
      if (rule.type !== 'geo:json') throw new Error('type: a geometry needs the type geo:json');
      return single(geometry);
    default:
      return single(compileValue(rule, rule.as ?? kindOf(rule.type), decimal));
  }
}

function single(reader: ValueReader): Gatherer {
  return (row) => {
    const reading = reader(row);
    return { reading, problems: reading.kind === 'problem' ? [reading.problem] : [] };
  };
}

function compileCases(rule: AttributeRule, decimal: '.' | ','): Gatherer {
  const cases = (rule.cases ?? []).map((one, index) => ({
    holds: one.when === undefined ? () => true : compileCondition(one.when),
    reader: at(`cases[${index}]`, () => compileValue(one, one.as ?? kindOf(rule.type), decimal)),
  }));
  return single((row) => cases.find((one) => one.holds(row))?.reader(row) ?? absent);
}

function compileObject(rules: NonNullable<AttributeRule['object']>, decimal: '.' | ','): Gatherer {
  const members = Object.entries(rules).map(([name, rule]) => ({
    name,
    reader: at(`object.${name}`, () => compileValue(rule, rule.as ?? 'text', decimal)),
  }));
  return (row) => {
    const value: Record<string, JsonValue> = {};
    const problems: Problem[] = [];
    for (const { name, reader } of members) {
      const reading = reader(row);
      if (reading.kind === 'value') value[name] = reading.value;
      if (reading.kind === 'problem') problems.push(reading.problem);
    }
    return { reading: Object.keys(value).length === 0 ? absent : read(value), problems };
  };
}

function compileList(rules: NonNullable<AttributeRule['list']>, decimal: '.' | ','): Gatherer {
  const items = rules.map((rule, index) => at(`list[${index}]`, () => compileValue(rule, rule.as ?? 'text', decimal)));
  return (row) => {
    const readings = items.map((reader) => reader(row));
    const value = readings.flatMap((reading) => (reading.kind === 'value' ? [reading.value] : []));
    const problems = readings.flatMap((reading) => (reading.kind === 'problem' ? [reading.problem] : []));
    return { reading: value.length === 0 ? absent : read(value), problems };
  };
}

function compilePoint(rule: AttributeRule, decimal: '.' | ','): ValueReader {
  const position = at('position', () => compilePosition([rule.position ?? []].flat(), decimal));
  if (rule.type !== 'geo:json' && rule.type !== 'geo:point') {
    throw new Error('type: a position needs the type geo:json or geo:point');
  }
  return (row) => {
    const reading = position(row);
    if (reading.kind !== 'value') return reading;
    const [longitude, latitude] = reading.value;
    const value: JsonValue =
      rule.type === 'geo:point' ? `${latitude}, ${longitude}` : { type: 'Point', coordinates: [longitude, latitude] };
    return { ...reading, value };
  };
}

const readGeometry = compileColumn('@geometry');

function geometry(row: Row): Reading {
  const value = readGeometry(row);
  if (value === undefined || value === null) return absent;
  if (typeof value !== 'object') return problem('geometry', textOf(value), 'is not a geometry');
  return read(value);
}

function compileMetadata(rule: AttributeRule): (observedAt: EpochMs | undefined) => Pick<NgsiAttribute, 'metadata'> {
  const fixed: Record<string, NgsiMetadata> = {};
  if (rule.unit !== undefined) fixed.unitCode = { type: 'Text', value: rule.unit };
  for (const [name, value] of Object.entries(rule.metadata ?? {})) {
    if (hasForbiddenCharacters(value))
      throw new Error(`metadata.${name}: has one of < > " ' = ; ( ) that NGSIv2 refuses`);
    fixed[name] = {
      type: typeof value === 'number' ? 'Number' : typeof value === 'boolean' ? 'Boolean' : 'Text',
      value,
    };
  }
  const always = Object.keys(fixed).length === 0 ? {} : { metadata: fixed };
  if (rule.observed !== true) return () => always;
  return (observedAt) =>
    observedAt === undefined
      ? always
      : { metadata: { ...fixed, observedAt: { type: 'DateTime', value: renderInstant(observedAt) } } };
}

/** Puts the path before the message of whatever goes wrong in the mapping there. */
export function at<Result>(path: string, build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${path}: ${message}`, { cause: error });
  }
}
