import type { JoinTable } from './join-rows.ts';
import type { ConditionRule, Mapping, ObservedAtRule, PositionRule, ValueRule } from './mapping.ts';
import { MappingError } from './mapping-error.ts';
import { compileTemplate } from './template.ts';
import { stepsOf } from './unpivot.ts';

/** A column that a mapping names, and where it names it. */
interface Reference {
  readonly path: string;
  readonly column: string;
}

/**
 * Throws a `MappingError` for the first column that the mapping names and a CSV file does not have: a misspelled
 * column would otherwise look like one that is always empty. Formats without a header are not checked.
 */
export function checkColumns(
  file: string,
  mapping: Mapping,
  header: readonly string[] | undefined,
  joins: readonly JoinTable[],
): void {
  const known = header === undefined ? undefined : new Set([...header, ...newColumns(mapping)]);
  for (const { path, column } of references(mapping)) {
    if (column.startsWith('@')) continue;
    const join = joins.find(({ rule }) => column.startsWith(`${rule.name}.`));
    if (join === undefined || known?.has(column) === true) {
      if (known !== undefined && !known.has(column)) {
        throw new MappingError(
          file,
          path,
          `${mapping.source.file} has no column "${column}"; it has ${[...known].join(', ')}`,
        );
      }
      continue;
    }
    const own = column.slice(join.rule.name.length + 1);
    if (join.columnNames !== undefined && !join.columnNames.includes(own)) {
      const has = join.columnNames.join(', ');
      throw new MappingError(file, path, `${join.rule.source.file} has no column "${own}"; it has ${has}`);
    }
  }
  for (const [index, { rule, columnNames }] of joins.entries()) {
    const wrong = compileTemplate(rule.sourceKey).columns.find((column) => columnNames?.includes(column) === false);
    if (wrong !== undefined)
      throw new MappingError(file, `joins[${index}].sourceKey`, `${rule.source.file} has no column "${wrong}"`);
  }
}

function newColumns(mapping: Mapping): readonly string[] {
  return mapping.unpivot === undefined ? [] : [mapping.unpivot.number, ...Object.keys(mapping.unpivot.columns)];
}

function* references(mapping: Mapping): Generator<Reference> {
  yield* inTemplate('entity.id', mapping.entity.id);
  yield* inCondition('where', mapping.where);
  if (mapping.observedAt !== undefined) yield* inObservedAt(mapping.observedAt);
  for (const [index, join] of (mapping.joins ?? []).entries()) yield* inTemplate(`joins[${index}].key`, join.key);
  if (mapping.unpivot !== undefined) {
    yield* inCondition('unpivot.valid', mapping.unpivot.valid);
    for (const { origins } of stepsOf(mapping.unpivot)) {
      for (const [name, column] of origins) yield { path: `unpivot.columns.${name}`, column };
    }
  }
  for (const [name, rule] of Object.entries(mapping.attributes)) {
    const path = `attributes.${name}`;
    yield* inValue(path, rule);
    yield* inCondition(`${path}.when`, rule.when);
    for (const [index, one] of (rule.cases ?? []).entries()) {
      yield* inValue(`${path}.cases[${index}]`, one);
      yield* inCondition(`${path}.cases[${index}].when`, one.when);
    }
    for (const [member, one] of Object.entries(rule.object ?? {})) yield* inValue(`${path}.object.${member}`, one);
    for (const [index, one] of (rule.list ?? []).entries()) yield* inValue(`${path}.list[${index}]`, one);
    for (const position of [rule.position ?? []].flat()) yield* inPosition(`${path}.position`, position);
  }
}

function* inObservedAt(rule: ObservedAtRule): Generator<Reference> {
  yield* inValue('observedAt', rule);
  yield* inTemplate('observedAt.plusHours', rule.plusHours);
}

function* inValue(path: string, rule: Pick<ValueRule, 'from' | 'template'>): Generator<Reference> {
  for (const column of [rule.from ?? []].flat()) yield { path: `${path}.from`, column };
  yield* inTemplate(`${path}.template`, rule.template);
}

function* inTemplate(path: string, template: string | undefined): Generator<Reference> {
  for (const column of template === undefined ? [] : compileTemplate(template).columns) yield { path, column };
}

function* inCondition(path: string, condition: ConditionRule | undefined): Generator<Reference> {
  for (const column of Object.keys(condition ?? {})) yield { path, column };
}

function* inPosition(path: string, rule: PositionRule): Generator<Reference> {
  for (const name of ['longitude', 'latitude', 'east', 'north'] as const) {
    const column = rule[name];
    if (column !== undefined) yield { path: `${path}.${name}`, column };
  }
}
