import type { Models } from '../../broker/models/models.ts';
import { labelOf } from '../../core/model/data-model.ts';
import type { TenantName } from '../../core/scope.ts';
import type { Column } from './dataset.ts';

/** The attributes of the types that a data model marks personal in any of its versions, each with that model. */
export function personalMarks(
  models: Models,
  tenant: TenantName,
  types: readonly string[],
): ReadonlyMap<string, string> {
  const marks = new Map<string, string>();
  const { shelf } = models.of(tenant);
  for (const model of types.flatMap((type) => shelf.versionsOf(type))) {
    for (const [name, { personal }] of model.attributes) if (personal) marks.set(name, labelOf(model));
  }
  return marks;
}

/** Those of the marked attributes that the columns would show. */
export function publishedMarks(
  marks: ReadonlyMap<string, string>,
  columns: readonly Column[],
): ReadonlyMap<string, string> {
  const published = new Set(columns.map(({ attribute }) => attribute));
  return new Map([...marks].filter(([name]) => published.has(name)));
}
