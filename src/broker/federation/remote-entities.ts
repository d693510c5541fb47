import type { Entity } from '../../core/entity/entity.ts';
import { matches } from '../../core/query/evaluate.ts';
import { attributesOf, conjunctsOf } from '../../core/query/filter-attributes.ts';
import type { Filter, Query } from '../../core/query/query.ts';
import { entityKey, mergeEntities } from '../../core/registration/merge-entities.ts';
import type { Question } from '../../core/registration/question.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { askQuestion } from './ask-question.ts';
import type { MissingSource } from './missing-source.ts';
import { nameOfProvider, type ProviderGroup, sharedAttributes, sharedSelectors } from './provider-group.ts';
import type { Wanted } from './wanted.ts';

/** Entities of one request to a provider, at most: what every broker gives in one page. */
const pageSize = 1000;
/** As few as that are asked for, at least: some of them may be here already. */
const smallestPage = 20;

/** What providers have of a query that is not found here without them. */
export interface RemoteEntities {
  /** Those that match, merged with what is here of them, those of the provider first that was registered first. */
  readonly entities: readonly Entity[];
  /** How many more there are that nobody looked at; some of them may be here too. */
  readonly unread: number;
  readonly missing: readonly MissingSource[];
}

/** One provider's part. */
interface Gathered {
  readonly entities: readonly Entity[];
  readonly unread: number;
  readonly missing: readonly MissingSource[];
}

/**
 * Asks the providers, all at once, for what matches the query and is not found here without them, until each has given `need`
 * of it or has no more. Filters and order are forwarded where the provider can take them, and applied here in any case.
 */
export async function gatherRemote(
  broker: Broker,
  scope: RequestScope,
  groups: readonly ProviderGroup[],
  query: Query,
  needed: Wanted,
  need: number,
): Promise<RemoteEntities> {
  const here = new LocalParts(broker, scope, query);
  const gathered = await Promise.all(groups.map((group) => gather(broker, scope, group, query, needed, need, here)));
  const merged = new Map<string, Entity>();
  for (const { entities } of gathered) {
    for (const entity of entities) {
      const key = entityKey(entity);
      const first = merged.get(key);
      merged.set(key, first === undefined ? entity : mergeEntities(first, entity));
    }
  }
  return {
    entities: [...merged.values()].filter((entity) => matches(entity, query)),
    unread: gathered.reduce((sum, { unread }) => sum + unread, 0),
    missing: gathered.flatMap(({ missing }) => missing),
  };
}

async function gather(
  broker: Broker,
  scope: RequestScope,
  group: ProviderGroup,
  query: Query,
  needed: Wanted,
  need: number,
  here: LocalParts,
): Promise<Gathered> {
  const { maxEntities } = broker.providers.settings;
  const provider = nameOfProvider(group.provider);
  const question: Question = {
    selectors: sharedSelectors(group, query.selectors),
    attributes: sharedAttributes(group, needed.attributes),
    times: needed.times,
    filters: filtersFor(group, query),
    order: query.order,
    offset: 0,
    limit: Math.min(pageSize, Math.max(need, smallestPage)),
    count: query.count,
  };
  const entities = new Map<string, Entity>();
  const missing: MissingSource[] = [];
  let matching = 0;
  for (let offset = 0; ; ) {
    const answer = await askQuestion(broker, scope, group, { ...question, offset });
    if (answer.kind === 'failed') {
      return {
        entities: [...entities.values()],
        unread: 0,
        missing: [...missing, { provider, reason: answer.reason }],
      };
    }
    for (const entity of await here.without(answer.entities)) {
      const key = entityKey(entity);
      if (entities.has(key)) continue;
      entities.set(key, entity);
      if (matches(entity, query)) matching++;
    }
    offset += answer.told;
    missing.push(...answer.missing);
    const { told, total, ordered } = answer;
    const isRead = told < question.limit || (total !== undefined && offset >= total);
    if (isRead || (matching >= need && ordered)) {
      const unread = isRead ? 0 : Math.max(0, (total ?? offset) - offset);
      return { entities: [...entities.values()], unread, missing };
    }
    if (offset >= maxEntities) {
      const reason = `only the first ${offset} of its entities were looked at`;
      const unread = Math.max(0, (total ?? offset) - offset);
      return { entities: [...entities.values()], unread, missing: [...missing, { provider, reason }] };
    }
  }
}

/**
 * The filters that the provider may apply without hiding what matches once it is merged with what others know of it: those that
 * look at attributes which its registrations name; and all, where they name neither entities nor attributes, for such a provider
 * holds its entities whole. [V2 registration]
 */
function filtersFor({ registrations }: ProviderGroup, { filter }: Query): readonly Filter[] {
  return conjunctsOf(filter).filter((conjunct) => {
    const { names } = attributesOf([conjunct]);
    return registrations.every(({ entities, attributes }) => {
      if (attributes.length === 0) return entities.every(({ ids }) => ids === undefined);
      return names !== 'all' && [...names].every((name) => attributes.includes(name));
    });
  });
}

/** What is here of entities that providers told. */
class LocalParts {
  readonly #broker: Broker;
  readonly #scope: RequestScope;
  readonly #query: Query;

  constructor(broker: Broker, scope: RequestScope, query: Query) {
    this.#broker = broker;
    this.#scope = scope;
    this.#query = query;
  }

  /** The entities, each with what is here of it, without those that match here alone: those are found without their providers. */
  async without(entities: readonly Entity[]): Promise<readonly Entity[]> {
    const parts = await Promise.all(entities.map((entity) => this.#find(entity)));
    return entities.flatMap((entity, index) => {
      const local = parts[index]?.entity;
      if (local === undefined) return [entity];
      return matches(local, this.#query) ? [] : [mergeEntities(local, entity)];
    });
  }

  async #find({ id, types: [type] }: Entity): Promise<EntityRecord | undefined> {
    const { tenant, scopes } = this.#scope;
    const target = { id, scopes, ...(type !== undefined && { type }) };
    const [record] = await this.#broker.stores.tenant(tenant).entities.lookup(target);
    return record;
  }
}
