import type { Refusal } from '../errors.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { compareTargets } from '../query/compare-values.ts';
import { canonicalJson } from './canonical-json.ts';

/** Says that a member of an argument is wrong. */
type RefuseMember = (member: string, value: JsonValue) => Refusal;

/**
 * The items with what `$push` adds: its argument, or each item of `$each` where the argument has that member.
 *
 * Beside `$each`, `$position` says where the new items go (from the end where negative; by default at the end), then `$sort`
 * (1 or -1) puts all items in the order of `compareTargets`, and then `$slice` keeps so many of the first ones, or of the
 * last where negative. Refuses any other member. [V2 update operators]
 */
export function pushItems(
  items: readonly JsonValue[],
  argument: JsonValue,
  refuse: RefuseMember,
): readonly JsonValue[] {
  const { $each, $position, $sort, $slice } = additionOf(argument, ['$each', '$position', '$sort', '$slice'], refuse);
  const at = $position ?? items.length;
  const all = [...items.slice(0, at), ...$each, ...items.slice(at)];
  if ($sort !== undefined) all.sort((a, b) => $sort * compareTargets({ value: a }, { value: b }));
  if ($slice === undefined) return all;
  return $slice < 0 ? all.slice($slice) : all.slice(0, $slice);
}

/** The items with those that `$addToSet` adds and that are not there yet: its argument, or each item of `$each`. [V2 update operators] */
export function addMissingItems(
  items: readonly JsonValue[],
  argument: JsonValue,
  refuse: RefuseMember,
): readonly JsonValue[] {
  const { $each } = additionOf(argument, ['$each'], refuse);
  const known = new Set(items.map(canonicalJson));
  const missing = $each.filter((item) => {
    const before = known.size;
    return known.add(canonicalJson(item)).size > before;
  });
  return missing.length === 0 ? items : [...items, ...missing];
}

interface Addition {
  readonly $each: readonly JsonValue[];
  readonly $position?: number | undefined;
  readonly $sort?: number | undefined;
  readonly $slice?: number | undefined;
}

function additionOf(argument: JsonValue, allowed: readonly string[], refuse: RefuseMember): Addition {
  if (!isJsonObject(argument) || !Object.hasOwn(argument, '$each')) return { $each: [argument] };
  for (const [member, value] of Object.entries(argument)) if (!allowed.includes(member)) throw refuse(member, value);

  const numberOf = (member: string, isRight: (value: number) => boolean): number | undefined => {
    const value = argument[member];
    if (value === undefined || (typeof value === 'number' && isRight(value))) return value;
    throw refuse(member, value);
  };
  const { $each = null } = argument;
  if (!Array.isArray($each)) throw refuse('$each', $each);
  return {
    $each: $each as readonly JsonValue[],
    $position: numberOf('$position', Number.isInteger),
    $sort: numberOf('$sort', (value) => value === 1 || value === -1),
    $slice: numberOf('$slice', Number.isInteger),
  };
}
