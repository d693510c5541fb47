import { Refusal } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { compareTargets, kindOf } from '../query/compare-values.ts';
import { addMissingItems, pushItems } from './add-items.ts';
import { canonicalJson } from './canonical-json.ts';
import type { UpdateOperation } from './mutation.ts';

/**
 * The value that an operation makes of the one the attribute has; `undefined`: of none it makes none.
 *
 * An attribute that is not there (`current` is `undefined`) counts as 0 for `$inc` and `$mul`, as `[]` for `$push` and
 * `$addToSet`, as `{}` for `$set`; `$min` and `$max` give it their argument, and there is nothing that `$pull`, `$pullAll`
 * and `$unset` could take from it. `$min` and `$max` use the order of `compareTargets`; items are the same where `equalJson` says so.
 * Refuses with `operatorMismatch` where the value or the argument is of the wrong kind, or where a number would leave the
 * range of doubles. Where nothing is to be done the value that came in is returned itself. Cost: by the size of value and argument. [V2 update operators]
 */
export function applyOperation(
  attribute: string,
  operation: UpdateOperation,
  current: JsonValue | undefined,
): JsonValue | undefined {
  const { operator, argument } = operation;
  const mismatch = (where: 'value' | 'argument', found: JsonValue): Refusal =>
    new Refusal({ kind: 'operatorMismatch', attribute, operator, where, found: kindOf({ value: found }) });
  const wrongMember = (member: string, found: JsonValue): Refusal =>
    new Refusal({
      kind: 'operatorMismatch',
      attribute,
      operator,
      where: 'argument',
      member,
      found: kindOf({ value: found }),
    });
  const arrayOf = (value: JsonValue): readonly JsonValue[] => {
    if (!Array.isArray(value)) throw mismatch('value', value);
    return value as readonly JsonValue[];
  };

  switch (operator) {
    case '$inc':
    case '$mul': {
      if (typeof argument !== 'number') throw mismatch('argument', argument);
      if (current !== undefined && typeof current !== 'number') throw mismatch('value', current);
      const value = current ?? 0;
      const result = operator === '$inc' ? value + argument : value * argument;
      if (!Number.isFinite(result)) throw mismatch('value', value);
      return result === 0 ? 0 : result; // JSON writes no -0, so none may come to be.
    }
    case '$min':
      return current !== undefined && compareTargets({ value: current }, { value: argument }) <= 0 ? current : argument;
    case '$max':
      return current !== undefined && compareTargets({ value: current }, { value: argument }) >= 0 ? current : argument;
    case '$push':
      return pushItems(arrayOf(current ?? []), argument, wrongMember);
    case '$addToSet':
      return addMissingItems(arrayOf(current ?? []), argument, wrongMember);
    case '$pull':
      return current === undefined ? undefined : withoutItems(arrayOf(current), [argument]);
    case '$pullAll':
      if (current === undefined) return undefined;
      if (!Array.isArray(argument)) throw mismatch('argument', argument);
      return withoutItems(arrayOf(current), argument as readonly JsonValue[]);
    case '$set': {
      if (!isJsonObject(argument)) return argument;
      if (current !== undefined && !isJsonObject(current)) throw mismatch('value', current);
      return withoutMembers(mergeMembers(current ?? {}, argument), operation.unset);
    }
    case '$unset':
      return isJsonObject(current) ? withoutMembers(current, argument) : current;
  }
}

function withoutItems(items: readonly JsonValue[], removed: readonly JsonValue[]): readonly JsonValue[] {
  const unwanted = new Set(removed.map(canonicalJson));
  const rest = items.filter((item) => !unwanted.has(canonicalJson(item)));
  return rest.length === items.length ? items : rest;
}

/** Members keep their place; new ones follow. */
function mergeMembers(current: JsonObject, added: JsonObject): JsonObject {
  return Object.fromEntries([...Object.entries(current), ...Object.entries(added)]);
}

/** What names no members takes none away. */
function withoutMembers(current: JsonObject, removed: JsonValue | undefined): JsonObject {
  if (!isJsonObject(removed)) return current;
  return Object.fromEntries(Object.entries(current).filter(([name]) => !Object.hasOwn(removed, name)));
}
