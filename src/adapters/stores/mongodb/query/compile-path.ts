import type { Document } from 'mongodb';
import type { AttributePath, BuiltinPath, Path } from '../../../../core/query/query.ts';
import { encodeMemberName } from '../form/member-name.ts';
import { encodeText } from '../form/text-form.ts';
import { allOf, anyOf, atMost, type Candidates, everything, exactly } from './candidates.ts';

/** A condition on what a field holds. */
export type FieldCondition = (field: string) => Candidates;

/** Ways through a path whose names may be members or places in arrays, beyond which all is looked at. */
const maxNumericMembers = 3;

/** Entities in which the condition holds for what the path leads to. */
export function compilePath(path: Path, condition: FieldCondition): Candidates {
  return path.kind === 'builtin'
    ? compileBuiltin(path, condition)
    : inInstances(path, withinAttribute(path, condition));
}

/** Entities in which the path leads somewhere. */
export function compileExistence(path: Path): Candidates {
  const exists: FieldCondition = (field) => exactly({ [field]: { $exists: true } });
  if (path.kind === 'builtin') return compileBuiltin(path, exists);
  // A `DateTime` without a value is there, although it has no field.
  const isWhole = path.members.length === 0;
  return inInstances(path, withinAttribute(path, isWhole ? () => exactly(everything) : exists));
}

function compileBuiltin({ name, attribute }: BuiltinPath, condition: FieldCondition): Candidates {
  if (attribute === undefined) return condition(name);
  const inAttribute = (own: Candidates) => inInstances({ attribute }, own);
  if (name === 'expiresAt') return inAttribute(condition(name));
  if (name !== 'createdAt' && name !== 'modifiedAt') return exactly({ $nor: [{}] });
  const asOfEntity = inAttribute(exactly({ [name]: { $exists: false } }));
  return anyOf([inAttribute(condition(name)), allOf([asOfEntity, condition(name)])]);
}

/** Entities with an instance of the attribute, the default one unless the path asks for any, in which the condition holds. */
function inInstances(
  { attribute, instances }: Pick<AttributePath, 'attribute' | 'instances'>,
  { filter, isExact }: Candidates,
): Candidates {
  const isMeant = { name: encodeText(attribute), ...(instances === undefined && { datasetId: { $exists: false } }) };
  return { filter: { attributes: { $elemMatch: both(isMeant, filter) } }, isExact };
}

/** The condition on one instance, from its fields on. */
function withinAttribute({ subAttributes, members }: AttributePath, condition: FieldCondition): Candidates {
  const [name, ...deeper] = subAttributes;
  if (name === undefined) return members.length === 0 ? onWhole(condition) : onMember(members, condition);
  const inner = withinAttribute({ kind: 'attribute', attribute: name, subAttributes: deeper, members }, condition);
  const inSubAttribute = {
    ...inner,
    filter: { subAttributes: { $elemMatch: both({ name: encodeText(name) }, inner.filter) } },
  };
  if (deeper.length > 0 || members.length > 0 || !ownMembers.has(name)) return inSubAttribute;
  const isNoSubAttribute = exactly({ subAttributes: { $not: { $elemMatch: { name } } } });
  // The condition of an existence holds for anything.
  const own = allOf([exactly({ [name]: { $exists: true } }), condition(name)]);
  return anyOf([inSubAttribute, allOf([isNoSubAttribute, own])]);
}

/** What stands beside the value of an attribute is found like a sub-attribute. */
const ownMembers: ReadonlySet<string> = new Set(['observedAt', 'unitCode', 'datasetId']);

function onWhole(condition: FieldCondition): Candidates {
  return anyOf([condition('value'), condition('texts')]);
}

/**
 * Into the value. MongoDB takes a number in a path for a place in an array, and `encodeMemberName` keeps members of such names
 * apart, so both ways are asked for; which one counts depends on what is there. The value of a language map lies in a field of its own.
 */
function onMember(members: readonly string[], condition: FieldCondition): Candidates {
  let paths = [''];
  for (const member of members) {
    const names = arrayIndex.test(member) ? [member, encodeMemberName(member)] : [encodeMemberName(member)];
    paths = paths.flatMap((path) => names.map((name) => `${path}.${name}`));
    if (paths.length > 2 ** maxNumericMembers) return atMost(everything);
  }
  const { filter, isExact } = anyOf(
    paths.flatMap((path) => [condition(`value${path}`), condition(`languageMap${path}`)]),
  );
  return { filter, isExact: isExact && paths.length === 1 };
}

const arrayIndex = /^(?:0|[1-9][0-9]{0,9})$/;

function both(one: Document, other: Document): Document {
  if (Object.keys(other).length === 0) return one;
  const isApart = Object.keys(other).every((key) => !(key in one));
  return isApart ? { ...one, ...other } : { $and: [one, other] };
}
