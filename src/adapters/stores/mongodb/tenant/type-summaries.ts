import type { Document } from 'mongodb';
import type { ScopePattern } from '../../../../core/scope.ts';
import type { TypeSummary } from '../../../../ports/entity-store.ts';
import { decodeText } from '../form/text-form.ts';
import { compileScopes } from '../query/compile-query.ts';
import type { TenantCollections } from './collections.ts';

/** Entities of one type that have the same attributes of the same types. */
export interface Shape {
  readonly type: string;
  readonly attributes: readonly { readonly name: string; readonly type: string }[];
  readonly count: number;
}

/** As `EntityStore.summarizeTypes`. */
export function summaryOf(shapes: readonly Shape[]): readonly TypeSummary[] {
  const drafts = new Map<string, { count: number; readonly attributes: Map<string, Set<string>> }>();
  for (const { type, attributes, count } of shapes) {
    const draft = drafts.get(type) ?? { count: 0, attributes: new Map<string, Set<string>>() };
    drafts.set(type, draft);
    draft.count += count;
    for (const { name, type: ofAttribute } of attributes) {
      draft.attributes.set(name, (draft.attributes.get(name) ?? new Set()).add(ofAttribute));
    }
  }
  return [...drafts].sort(byName).map(([type, { count, attributes }]) => ({
    type,
    count,
    attributes: new Map([...attributes].sort(byName).map(([name, types]) => [name, [...types].sort()])),
  }));
}

/** Of a tenant whose entities do not all say their shape. Cost: MongoDB looks at every entity below the scopes; what comes back is small. */
export async function shapesByLooking(
  { entities }: TenantCollections,
  scopes: readonly ScopePattern[],
  limitMs: number,
): Promise<readonly Shape[]> {
  const { filter } = compileScopes(scopes);
  const stages = [
    { $match: filter },
    { $project: { type: 1, attributes: firstInstances } },
    { $unwind: '$type' },
    { $group: { _id: { type: '$type', attributes: '$attributes' }, count: { $sum: 1 } } },
  ];
  const groups = await entities
    .aggregate<{ readonly _id: Omit<Shape, 'count'>; readonly count: number }>(stages, {
      maxTimeMS: limitMs,
      allowDiskUse: true,
    })
    .toArray();
  return groups.map(({ _id, count }) => ({
    type: decodeText(_id.type),
    attributes: _id.attributes.map(({ name, type }) => ({ name: decodeText(name), type: decodeText(type) })),
    count,
  }));
}

/** Name and type of the first instance of each attribute: instances of one attribute stand together. */
const firstInstances: Document = {
  $map: {
    input: {
      $filter: {
        input: { $range: [0, { $size: '$attributes' }] },
        as: 'at',
        cond: { $or: [{ $eq: ['$$at', 0] }, { $ne: [nameAt('$$at'), nameAt({ $subtract: ['$$at', 1] })] }] },
      },
    },
    as: 'at',
    in: {
      $let: {
        vars: { attribute: { $arrayElemAt: ['$attributes', '$$at'] } },
        in: {
          name: '$$attribute.name',
          type: { $ifNull: ['$$attribute.type', { $ifNull: ['$$attribute.kind', 'property'] }] },
        },
      },
    },
  },
};

function nameAt(place: Document | string): Document {
  return { $let: { vars: { attribute: { $arrayElemAt: ['$attributes', place] } }, in: '$$attribute.name' } };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
