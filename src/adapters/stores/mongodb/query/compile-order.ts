import type { Document } from 'mongodb';
import { ofDefaultInstance } from '../../../../core/query/compare-entities.ts';
import { type ValueKind, valueKinds } from '../../../../core/query/compare-values.ts';
import type { AttributePath, BuiltinPath, OrderKey } from '../../../../core/query/query.ts';
import { encodeText } from '../form/text-form.ts';

/** How MongoDB puts entities in an order. */
export interface CompiledOrder {
  /** Stages of an aggregation that make what is sorted by; none where that is stored. */
  readonly stages: readonly Document[];
  readonly sort: Readonly<Record<string, 1 | -1>>;
  /** Fields that the stages have made. */
  readonly made: readonly string[];
}

/**
 * The order of `compareEntities`, or undefined where MongoDB does not know it: by distance, by a collation, or by a member of a value.
 * MongoDB has an order of kinds of its own, so rank and value are sorted by one after the other.
 */
export function compileOrder(order: readonly OrderKey[]): CompiledOrder | undefined {
  const fields: Document = {};
  const sort: Record<string, 1 | -1> = {};
  for (const [place, key] of order.map(ofDefaultInstance).entries()) {
    const { by, collation, descending } = key;
    if (by.kind === 'distance' || collation !== undefined) return undefined;
    const direction = descending ? -1 : 1;
    const stored = by.kind === 'builtin' ? storedField(by) : undefined;
    if (stored !== undefined) {
      // A second key of the same field changes nothing.
      sort[stored] ??= direction;
      continue;
    }
    const target = by.kind === 'builtin' ? builtinExpression(by) : attributeExpression(by);
    if (target === undefined) return undefined;
    fields[`order${place}`] = target;
    sort[`rank${place}`] = direction;
    sort[`value${place}`] = direction;
  }
  const places = Object.keys(fields).map((field) => field.slice('order'.length));
  const ranks = Object.fromEntries(places.map((place) => [`rank${place}`, rankOf(`$order${place}`)]));
  const values = Object.fromEntries(places.map((place) => [`value${place}`, valueOrNull(place)]));
  return {
    stages: places.length === 0 ? [] : [{ $set: fields }, { $set: ranks }, { $set: values }],
    sort: { ...sort, _id: 1 },
    made: places.flatMap((place) => [`order${place}`, `rank${place}`, `value${place}`]),
  };
}

/** What is of one kind in every entity; an absent instant comes first, as null does. */
function storedField({ name, attribute }: BuiltinPath): string | undefined {
  return attribute !== undefined || name === 'type' || name === 'scope' ? undefined : name;
}

function builtinExpression({ name, attribute }: BuiltinPath): Document | string | undefined {
  if (attribute === undefined) return `$${name}`;
  if (name === 'expiresAt') return fieldOf(instanceOf(attribute), name);
  if (name !== 'createdAt' && name !== 'modifiedAt') return { $literal: null };
  const isThere = { $ne: [{ $type: '$$instance' }, 'missing'] };
  return {
    $let: {
      vars: { instance: instanceOf(attribute) },
      in: { $cond: [isThere, { $ifNull: [`$$instance.${name}`, `$${name}`] }, null] },
    },
  };
}

function attributeExpression({ attribute, subAttributes, members }: AttributePath): Document | undefined {
  if (members.length > 0) return undefined;
  let instance: Document = instanceOf(attribute);
  for (const [depth, name] of subAttributes.entries()) {
    // What stands beside a value is found like a sub-attribute: seldom sorted by, and left to the core.
    if (depth === subAttributes.length - 1 && ['observedAt', 'unitCode', 'datasetId'].includes(name)) return undefined;
    instance = firstNamed(name, { $ifNull: [fieldOf(instance, 'subAttributes'), []] }, []);
  }
  return { $let: { vars: { instance }, in: { $ifNull: ['$$instance.texts', '$$instance.value'] } } };
}

/** The default instance. */
function instanceOf(attribute: string): Document {
  return firstNamed(attribute, '$attributes', [{ $eq: [{ $type: '$$this.datasetId' }, 'missing'] }]);
}

function firstNamed(name: string, input: Document | string, more: readonly Document[]): Document {
  return {
    $first: { $filter: { input, cond: { $and: [{ $eq: ['$$this.name', { $literal: encodeText(name) }] }, ...more] } } },
  };
}

function fieldOf(instance: Document, field: string): Document {
  return { $let: { vars: { instance }, in: `$$instance.${field}` } };
}

/** What MongoDB calls the kinds. */
const types: Readonly<Record<ValueKind, readonly string[]>> = {
  null: ['missing', 'null'],
  number: ['double', 'int', 'long'],
  instant: ['date'],
  text: ['string'],
  object: ['object'],
  array: ['array'],
  boolean: ['bool'],
};

function rankOf(target: string): Document {
  // biome-ignore lint/suspicious/noThenProperty: a branch of `$switch` is called so.
  const branches = valueKinds.map((kind, rank) => ({ case: { $in: [{ $type: target }, types[kind]] }, then: rank }));
  return { $switch: { branches, default: 0 } };
}

/** Objects tie, and so do arrays. */
function valueOrNull(place: string): Document {
  const ties = ['object', 'array'] as const;
  return { $cond: [{ $in: [`$rank${place}`, ties.map((kind) => valueKinds.indexOf(kind))] }, null, `$order${place}`] };
}
