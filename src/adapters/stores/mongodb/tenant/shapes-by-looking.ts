import type { Document } from 'mongodb';
import type { ScopePattern } from '../../../../core/scope.ts';
import type { CountedShape } from '../../type-summary.ts';
import { decodeText } from '../form/text-form.ts';
import { compileScopes } from '../query/compile-query.ts';
import type { TenantCollections } from './collections.ts';

/** Of a tenant whose entities do not all say their shape. Cost: MongoDB looks at every entity below the scopes; what comes back is small. */
export async function shapesByLooking(
  { entities }: TenantCollections,
  scopes: readonly ScopePattern[],
  limitMs: number,
): Promise<readonly CountedShape[]> {
  const { filter } = compileScopes(scopes);
  const stages = [
    { $match: filter },
    { $project: { type: 1, attributes: firstInstances } },
    { $unwind: '$type' },
    { $group: { _id: { type: '$type', attributes: '$attributes' }, count: { $sum: 1 } } },
  ];
  const groups = await entities
    .aggregate<{ readonly _id: Omit<CountedShape, 'count'>; readonly count: number }>(stages, {
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
