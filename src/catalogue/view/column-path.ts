import type { Path } from '../../core/query/query.ts';
import type { Column, DatasetView } from '../dataset/dataset.ts';

/** What a filter or an order looks at that names a column; undefined for a name that is none of the published. */
export function columnPath({ columns }: DatasetView, name: string): Path | undefined {
  if (name === 'id' || name === 'type') return { kind: 'builtin', name };
  const column = columns.find((one) => one.name === name);
  return column === undefined ? undefined : pathOf(column);
}

export function pathOf({ attribute, path }: Column): Path {
  if (attribute === 'dateModified') return { kind: 'builtin', name: 'modifiedAt' };
  if (attribute === 'dateCreated') return { kind: 'builtin', name: 'createdAt' };
  return { kind: 'attribute', attribute, subAttributes: [], members: path };
}
