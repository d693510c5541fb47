import { type Awaitable, whenKnown } from '../../core/awaitable.ts';
import type { Entity } from '../../core/entity/entity.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import { Refusal } from '../../core/errors.ts';
import { mergeEntities } from '../../core/registration/merge-entities.ts';
import { mayAdd } from '../../core/registration/provided-part.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { atMostOne, freshnessOf, targetOf } from '../entities/the-entity.ts';
import { askQuestion } from './ask-question.ts';
import { complement } from './complement.ts';
import { forwardable, mayForward } from './forwardable.ts';
import type { MissingSource } from './missing-source.ts';
import {
  groupByProvider,
  nameOfProvider,
  type ProviderGroup,
  sharedAttributes,
  sharedSelectors,
} from './provider-group.ts';
import type { Wanted } from './wanted.ts';

export interface FoundEntity {
  /** Undefined: nobody has it, or nobody who has it answered. */
  readonly record: EntityRecord | undefined;
  /** Whose part is not in it. */
  readonly missing: readonly MissingSource[];
}

/**
 * The entity of that id, type if given, and scope, with what providers have of it that is not here. Nobody is asked where all
 * that is wanted is here: the answer is then there at once, if the store has it at once. Refuses with `ambiguousEntity`.
 * [V2 retrieve entity]
 */
export function findEntity(
  broker: Broker,
  scope: RequestScope,
  ref: EntityRef,
  wanted: Wanted,
): Awaitable<FoundEntity> {
  return whenKnown(broker.owners.refresh(scope, ref, wanted), () =>
    whenKnown(broker.stores.tenant(scope.tenant).entities.lookup(targetOf(ref, scope), freshnessOf(scope)), (found) => {
      const record = atMostOne(found);
      return mayForward(broker, scope) ? withProvided(broker, scope, ref, wanted, record) : { record, missing: none };
    }),
  );
}

const none: readonly MissingSource[] = [];

/** What is here of the entity, if anything, with what providers have of it. */
async function withProvided(
  broker: Broker,
  scope: RequestScope,
  ref: EntityRef,
  wanted: Wanted,
  record: EntityRecord | undefined,
): Promise<FoundEntity> {
  const types = record?.entity.types ?? (ref.type === undefined ? undefined : [ref.type]);
  const selector = { ids: [ref.id], ...(types !== undefined && { types }) };
  const { attributes } = wanted;
  const registrations = forwardable(broker, scope, 'query', {
    selectors: [selector],
    attributes: attributes.length === 0 ? 'all' : attributes,
  }).filter((registration) => record === undefined || mayAdd(registration, record.entity, attributes));
  if (registrations.length === 0) return { record, missing: none };
  const groups = groupByProvider(registrations);
  if (record !== undefined) {
    const { records, missing } = await complement(broker, scope, groups, [record], wanted);
    return { record: records[0], missing };
  }
  const answers = await Promise.all(groups.map((group) => ask(broker, scope, group, selector, wanted)));
  const parts = answers.flatMap(({ entities }) => entities);
  const missing = answers.flatMap((answer) => answer.missing);
  const [first, ...more] = parts;
  if (first === undefined) return { record: undefined, missing };
  if (more.some(({ types: [type] }) => type !== first.types[0])) throw new Refusal({ kind: 'ambiguousEntity' });
  return { record: { sequence: 0, entity: more.reduce(mergeEntities, first), memo: new Map() }, missing };
}

async function ask(
  broker: Broker,
  scope: RequestScope,
  group: ProviderGroup,
  selector: { readonly ids: readonly string[]; readonly types?: readonly string[] },
  { attributes, times }: Wanted,
): Promise<{ readonly entities: readonly Entity[]; readonly missing: readonly MissingSource[] }> {
  const answer = await askQuestion(broker, scope, group, {
    selectors: sharedSelectors(group, [selector]),
    attributes: sharedAttributes(group, attributes),
    times,
    filters: [],
    order: [],
    offset: 0,
    limit: 20,
    count: false,
  });
  if (answer.kind === 'failed') {
    return { entities: [], missing: [{ provider: nameOfProvider(group.provider), reason: answer.reason }] };
  }
  const { ids, types } = selector;
  const asked = ({ id, types: own }: Entity) => ids.includes(id) && (types?.some((type) => own.includes(type)) ?? true);
  return { entities: answer.entities.filter(asked), missing: answer.missing };
}
