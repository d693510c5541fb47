import { type Awaitable, whenKnown } from '../../core/awaitable.ts';
import type { Entity } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import { compareEntities } from '../../core/query/compare-entities.ts';
import { matches } from '../../core/query/evaluate.ts';
import { conjunctsOf } from '../../core/query/filter-attributes.ts';
import type { Query } from '../../core/query/query.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityPage, EntityRecord } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { queryEntities } from '../entities/query-entities.ts';
import { complement } from './complement.ts';
import { forwardable, mayForward } from './forwardable.ts';
import type { MissingSource } from './missing-source.ts';
import { groupByProvider, type ProviderGroup } from './provider-group.ts';
import { gatherRemote, type RemoteEntities } from './remote-entities.ts';
import { neededFor, type Wanted } from './wanted.ts';

export interface FoundEntities {
  readonly page: EntityPage;
  /** Whose part is not in it. */
  readonly missing: readonly MissingSource[];
}

/** Entities of each provider that are looked at for a count; what is beyond them is counted as the provider counts it. */
const countDepth = 1000;

/** Places in the order of creation that no entity here has. */
const beyondAll = 2 ** 52;

/**
 * The page that the query asks for, of what is here and of what providers have: entities here first, then those of the provider
 * that was registered first; or, where an order is asked for, all in that order. An entity that several have parts of is one.
 *
 * A provider that fails is missing, and nothing else is. A page behind a cursor is of entities here alone. Where there are no
 * providers the page is there as soon as the store has it. Refuses as `queryEntities` does, and with `unsupportedQuery` for a page beyond what is taken of one provider. [V2 list entities]
 */
export function findEntities(
  broker: Broker,
  scope: RequestScope,
  query: Query,
  wanted: Wanted,
): Awaitable<FoundEntities> {
  return mayForward(broker, scope) ? findEverywhere(broker, scope, query, wanted) : findHere(broker, scope, query);
}

function findHere(broker: Broker, scope: RequestScope, query: Query): Awaitable<FoundEntities> {
  return whenKnown(queryEntities(broker, scope, query), (page) => ({ page, missing: none }));
}

const none: readonly MissingSource[] = [];

function findEverywhere(broker: Broker, scope: RequestScope, query: Query, wanted: Wanted): Awaitable<FoundEntities> {
  const needed = neededFor(wanted, conjunctsOf(query.filter), query.order);
  const registrations = forwardable(broker, scope, 'query', {
    selectors: query.selectors,
    // Whether there is an entity is asked for even where nothing of it is.
    attributes: needed.attributes.length === 0 ? 'all' : needed.attributes,
  });
  if (registrations.length === 0) return findHere(broker, scope, query);
  const groups = groupByProvider(registrations);
  const federated: Federated = { broker, scope, groups, query, needed };
  if (query.after !== undefined) return behindCursor(federated);
  return query.order.length === 0 ? hereFirst(federated) : inOrder(federated);
}

interface Federated {
  readonly broker: Broker;
  readonly scope: RequestScope;
  readonly groups: readonly ProviderGroup[];
  readonly query: Query;
  readonly needed: Wanted;
}

async function behindCursor({ broker, scope, groups, query, needed }: Federated): Promise<FoundEntities> {
  const page = await queryEntities(broker, scope, query);
  const { records, missing } = await complement(broker, scope, groups, page.records, needed);
  return { page: { ...page, records: matching(records, query) }, missing };
}

async function hereFirst({ broker, scope, groups, query, needed }: Federated): Promise<FoundEntities> {
  const here = await queryEntities(broker, scope, query);
  const room = query.limit - here.records.length;
  const countHere = room > 0 || query.count ? await countLocal(broker, scope, query, here) : 0;
  const skipped = Math.max(0, query.offset - countHere);
  const need = Math.max(room > 0 ? reachable(broker, skipped + room) : 0, query.count ? countDepth : 0);
  const [own, remote] = await Promise.all([
    complement(broker, scope, groups, here.records, needed),
    need === 0 ? nothing : gatherRemote(broker, scope, groups, query, needed, need),
  ]);
  const others = recordsOf(remote.entities).slice(skipped, skipped + room);
  return {
    page: { records: [...matching(own.records, query), ...others], ...countOf(query, countHere, remote) },
    missing: distinct([...own.missing, ...remote.missing]),
  };
}

async function inOrder({ broker, scope, groups, query, needed }: Federated): Promise<FoundEntities> {
  const { offset, limit } = query;
  const end = reachable(broker, offset + limit);
  const [here, remote] = await Promise.all([
    queryEntities(broker, scope, { ...query, offset: 0, limit: end }),
    gatherRemote(broker, scope, groups, query, needed, Math.max(end, query.count ? countDepth : 0)),
  ]);
  const all = [...here.records, ...recordsOf(remote.entities)].sort(compareEntities(query.order));
  const records = all.slice(offset, end);
  const local = records.filter(({ sequence }) => sequence < beyondAll);
  const own = await complement(broker, scope, groups, local, needed);
  const completed = new Map(own.records.map((record) => [record.sequence, record]));
  const page = records.map((record) => completed.get(record.sequence) ?? record);
  return {
    page: { records: matching(page, query), ...countOf(query, here.count ?? 0, remote) },
    missing: distinct([...own.missing, ...remote.missing]),
  };
}

const nothing: RemoteEntities = { entities: [], unread: 0, missing: [] };

/** How many entities here match; a page that is not full tells, unless it is empty because it begins behind them. */
async function countLocal(broker: Broker, scope: RequestScope, query: Query, page: EntityPage): Promise<number> {
  if (page.count !== undefined) return page.count;
  if (page.records.length > 0 || query.offset === 0) return query.offset + page.records.length;
  const { count = 0 } = await queryEntities(broker, scope, { ...query, offset: 0, limit: 0, count: true });
  return count;
}

/** As many of a provider's entities, if that many are taken of one. */
function reachable({ providers }: Broker, entities: number): number {
  const { maxEntities } = providers.settings;
  if (entities <= maxEntities) return entities;
  const description = `with providers, offset and limit reach the first ${maxEntities} entities of each; options=skipForwarding asks nobody`;
  throw new Refusal({ kind: 'unsupportedQuery', description });
}

function recordsOf(entities: readonly Entity[]): EntityRecord[] {
  return entities.map((entity, index) => ({ sequence: beyondAll + index, entity, memo: new Map() }));
}

/** What providers add may make that a filter holds no more: one that asks that something is not there. */
function matching(records: readonly EntityRecord[], query: Query): readonly EntityRecord[] {
  return query.filter === undefined ? records : records.filter(({ entity }) => matches(entity, query));
}

function countOf({ count }: Query, here: number, { entities, unread }: RemoteEntities): { readonly count?: number } {
  return count ? { count: here + entities.length + unread } : {};
}

/** A provider that fails twice for one answer is missing once. */
function distinct(missing: readonly MissingSource[]): readonly MissingSource[] {
  return [...new Map(missing.map((one) => [one.provider, one])).values()];
}
