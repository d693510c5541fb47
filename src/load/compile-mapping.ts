import type { EpochMs } from '../core/entity/entity.ts';
import { renderInstant } from '../core/time/instant.ts';
import { type AttributeReader, at, compileAttribute } from './compile-attribute.ts';
import { compileCondition } from './condition.ts';
import { idPart, longestId } from './entity-id.ts';
import { type RowIssue, rowIssue } from './issue.ts';
import type { Mapping } from './mapping.ts';
import type { NgsiAttribute, NgsiEntity } from './ngsi-entity.ts';
import { type Row, withColumns } from './row.ts';
import { compileTemplate } from './template.ts';
import { hasForbiddenCharacters } from './text-policy.ts';
import { compileValue } from './values/compile-value.ts';
import { parseNumber } from './values/parse-number.ts';
import { compileTimeReader } from './values/parse-time.ts';

/** What became of one row. */
export type RowOutcome =
  | {
      readonly kind: 'entity';
      readonly entity: NgsiEntity;
      readonly observedAt: EpochMs | undefined;
      readonly issues: readonly RowIssue[];
    }
  | { readonly kind: 'refused'; readonly issues: readonly RowIssue[] }
  /** The mapping's `where` does not want it. */
  | { readonly kind: 'skipped' };

export type RowMapper = (row: Row) => RowOutcome;

/**
 * The rows of a source → entities, one at a time. Pure: what a row becomes depends on the row alone.
 *
 * Throws an `Error`, its message beginning with the JSON path, where a part of the mapping makes no sense.
 */
export function compileMapping(mapping: Mapping): RowMapper {
  const decimal = mapping.source.decimal ?? '.';
  const wanted = mapping.where === undefined ? () => true : compileCondition(mapping.where);
  const id = at('entity.id', () => compileTemplate(mapping.entity.id));
  if (hasForbiddenCharacters(mapping.entity.type)) throw new Error(`entity.type: has a sign that NGSIv2 refuses`);
  const readObservedAt = at('observedAt', () => compileObservedAt(mapping));
  const readers = Object.entries(mapping.attributes).map(([name, rule]) =>
    at(`attributes.${name}`, () => compileAttribute(name, rule, decimal)),
  );
  // Rows that are merged are each about some attribute of the entity; one that is about none would go unnoticed.
  const aboutSome = mapping.merge !== undefined && readers.some((reader) => reader.conditional);

  return (row) => {
    if (!wanted(row)) return { kind: 'skipped' };

    const empty = id.emptyColumns(row);
    if (empty.length > 0)
      return refused({ effect: 'row refused', column: empty.join(', '), reason: 'has nothing to make the id of' });
    let lost = false;
    const shape = (text: string) => {
      const part = idPart(text);
      lost ||= part === '';
      return part;
    };
    const entity = id.render(row, shape) ?? '';
    if (lost)
      return refused({
        effect: 'row refused',
        column: id.columns.join(', '),
        reason: 'has no sign that an id can have',
      });
    if (entity.length > longestId)
      return refused({ effect: 'row refused', entity, reason: `the id is longer than ${longestId} characters` });

    const observed = readObservedAt(row);
    if ('issue' in observed) return refused({ ...observed.issue, entity });
    const { observedAt } = observed;
    const timed = observedAt === undefined ? row : withColumns(row, { '@observedAt': renderInstant(observedAt) });

    const applying = readers.filter((reader) => reader.applies(timed));
    if (aboutSome && !applying.some((reader) => reader.conditional)) {
      return refused({
        effect: 'row refused',
        entity,
        reason: 'is about nothing that the mapping has an attribute for',
      });
    }
    return readAttributes(applying, timed, { id: entity, type: mapping.entity.type }, observedAt);
  };
}

function refused(issue: RowIssue): RowOutcome {
  return { kind: 'refused', issues: [issue] };
}

function readAttributes(
  readers: readonly AttributeReader[],
  row: Row,
  { id, type }: { id: string; type: string },
  observedAt: EpochMs | undefined,
): RowOutcome {
  const attributes = new Map<string, NgsiAttribute>();
  const issues: RowIssue[] = [];
  for (const reader of readers) {
    const about = { entity: id, attribute: reader.name };
    const { attribute, problems, corrections } = reader.read(row, observedAt);
    const effect = attribute === undefined && reader.required ? 'row refused' : 'value left out';
    issues.push(...problems.map((problem) => rowIssue(effect, problem, about)));
    issues.push(...corrections.map((problem) => rowIssue('value corrected', problem, about)));
    if (attribute !== undefined) attributes.set(reader.name, attribute);
    if (attribute === undefined && reader.required) {
      return problems.length > 0
        ? { kind: 'refused', issues: issues.filter((issue) => issue.effect === 'row refused') }
        : refused({ effect: 'row refused', ...about, reason: 'has no value for a required attribute' });
    }
  }
  return { kind: 'entity', entity: { id, type, attributes }, observedAt, issues };
}

const hourMs = 3_600_000;

/** Undefined: the row states no time, as entities of most sources do not. */
function compileObservedAt(mapping: Mapping): (row: Row) => { observedAt: EpochMs | undefined } | { issue: RowIssue } {
  const rule = mapping.observedAt;
  if (rule === undefined) return () => ({ observedAt: undefined });
  const { format = 'iso', zone, plusHours, ...input } = rule;
  const text = compileValue({ ...input }, 'text', '.');
  const parse = compileTimeReader(format, zone);
  const hours = plusHours === undefined ? undefined : at('plusHours', () => compileTemplate(plusHours));
  return (row) => {
    const reading = text(row);
    if (reading.kind !== 'value') return { observedAt: undefined };
    const value = String(reading.value);
    const plus = hours === undefined ? 0 : parseNumber(hours.render(row) ?? '', '.');
    const observedAt = plus === undefined ? undefined : parse(value, plus * hourMs);
    if (observedAt !== undefined) return { observedAt };
    const column = [rule.from ?? rule.template ?? ''].flat().join(', ');
    return { issue: { effect: 'row refused', column, value, reason: 'is not a time of the expected format' } };
  };
}
