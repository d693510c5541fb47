import type { Entity } from '../../core/entity/entity.ts';
import { entityKey, mergeEntities } from '../../core/registration/merge-entities.ts';
import { coversEntity, mayAdd } from '../../core/registration/provided-part.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { askQuestion } from './ask-question.ts';
import type { MissingSource } from './missing-source.ts';
import { nameOfProvider, type ProviderGroup, sharedAttributes } from './provider-group.ts';
import type { Wanted } from './wanted.ts';

export interface Complemented {
  readonly records: readonly EntityRecord[];
  readonly missing: readonly MissingSource[];
}

/**
 * The records with the attributes that are not here and that providers have, who are asked all at once; of an attribute that
 * several have, the one that was registered first has its say.
 */
export async function complement(
  broker: Broker,
  scope: RequestScope,
  groups: readonly ProviderGroup[],
  records: readonly EntityRecord[],
  needed: Wanted,
): Promise<Complemented> {
  if (records.length === 0) return { records, missing: [] };
  const asked = await Promise.all(groups.map((group) => ask(broker, scope, group, records, needed)));
  const told = asked.flatMap(({ entities }) => entities);
  const missing = asked.flatMap((answer) => answer.missing);
  if (told.length === 0) return { records, missing };
  const parts = partsByEntity(told);
  return {
    records: records.map((record) => {
      const entity = (parts.get(entityKey(record.entity)) ?? []).reduce(mergeEntities, record.entity);
      return entity === record.entity ? record : { sequence: record.sequence, entity, memo: new Map() };
    }),
    missing,
  };
}

async function ask(
  broker: Broker,
  scope: RequestScope,
  group: ProviderGroup,
  records: readonly EntityRecord[],
  { attributes, times }: Wanted,
): Promise<{ readonly entities: readonly Entity[]; readonly missing: readonly MissingSource[] }> {
  const lacking = records.filter(({ entity }) =>
    group.registrations.some(
      (registration) => coversEntity(registration, entity) && mayAdd(registration, entity, attributes),
    ),
  );
  if (lacking.length === 0) return { entities: [], missing: [] };
  const answer = await askQuestion(broker, scope, group, {
    selectors: lacking.map(({ entity: { id, types } }) => ({ ids: [id], types })),
    attributes: sharedAttributes(group, attributes),
    times,
    filters: [],
    order: [],
    offset: 0,
    limit: lacking.length,
    count: false,
  });
  if (answer.kind === 'answered') return answer;
  return { entities: [], missing: [{ provider: nameOfProvider(group.provider), reason: answer.reason }] };
}

function partsByEntity(told: readonly Entity[]): ReadonlyMap<string, readonly Entity[]> {
  const parts = new Map<string, Entity[]>();
  for (const entity of told) {
    const key = entityKey(entity);
    const known = parts.get(key);
    if (known === undefined) parts.set(key, [entity]);
    else known.push(entity);
  }
  return parts;
}
