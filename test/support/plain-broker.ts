import { createModelRegistry } from '../../src/adapters/models/ajv-model-registry.ts';
import type { Broker, BrokerLimits } from '../../src/broker/broker.ts';
import { HostedContexts } from '../../src/broker/contexts/hosted-contexts.ts';
import { Providers } from '../../src/broker/federation/providers.ts';
import { Synchronizations } from '../../src/broker/federation/synchronizations.ts';
import { Models } from '../../src/broker/models/models.ts';
import { Notifier } from '../../src/broker/notifier/notifier.ts';
import { defaultNotifierSettings } from '../../src/broker/notifier/notifier-settings.ts';
import { AttributeOwners } from '../../src/broker/owners/attribute-owner.ts';
import type { RegistrationCodecs } from '../../src/broker/registrations/registration-codec.ts';
import { Registrations } from '../../src/broker/registrations/registrations.ts';
import type { SubscriptionCodec, SubscriptionCodecs } from '../../src/broker/subscriptions/subscription-codec.ts';
import { Subscriptions } from '../../src/broker/subscriptions/subscriptions.ts';
import type { Entity, EpochMs } from '../../src/core/entity/entity.ts';
import { Refusal, type RefusalReason } from '../../src/core/errors.ts';
import type { Query } from '../../src/core/query/query.ts';
import type { RequestScope, ScopePath, TenantName } from '../../src/core/scope.ts';
import { everyScope } from '../../src/core/scope.ts';
import type { SubscriptionTerms } from '../../src/core/subscription/subscription.ts';
import { ngsiv2Provider } from '../../src/dialects/ngsiv2/providers/ngsiv2-provider.ts';
import type { Log } from '../../src/ports/log.ts';
import { noon } from './entity-builder.ts';
import { type PlainEntityStore, PlainStores } from './plain-entity-store.ts';

export const defaultTenant = '' as TenantName;

/** A broker on plain stores, whose clock stands at noon until it is set. */
export interface PlainBroker extends Broker {
  readonly stores: PlainStores;
  readonly time: { now: EpochMs };
}

export function aBroker(limits: Partial<BrokerLimits> = {}): PlainBroker {
  const time = { now: noon };
  const stores = new PlainStores();
  const subscriptions = new Subscriptions(stores, plainCodecs, silentLog);
  const timers = { after: () => () => undefined };
  const registrations = new Registrations(stores, plainRegistrationCodecs, timers, silentLog);
  let ids = 0;
  const world = {
    stores,
    clock: { now: () => time.now },
    random: { fraction: () => 0.5, newId: () => `id${++ids}` },
    log: silentLog,
  };
  const parts = {
    ...world,
    subscriptions,
    registrations,
    models: new Models(stores, modelRegistry, silentLog),
    contexts: {
      parse: () => Promise.reject(new Error('no contexts here')),
      defaultFor: () => undefined,
      forget: () => undefined,
    },
    hostedContexts: new HostedContexts({ ...world, most: 1000, idOf: (text) => text, changed: () => undefined }),
    fetchedContexts: { list: async () => [], refetch: async () => undefined, remove: async () => undefined },
  };
  return {
    ...parts,
    notifier: new Notifier({
      ...parts,
      codecs: plainCodecs,
      transports: { http: noTransport, mqtt: noTransport },
      timers,
      settings: defaultNotifierSettings,
    }),
    synchronizations: new Synchronizations({ ...parts, timers }),
    providers: new Providers({
      ...parts,
      asker: { ask: async () => ({ kind: 'failed', reason: 'nobody is there' }) },
      dialects: { ngsiv2: ngsiv2Provider('test') },
      timers,
      settings: {
        ...defaultNotifierSettings,
        hostAlias: 'test',
        timeoutMs: 1000,
        maxHops: 8,
        maxEntities: 10_000,
        forwardsAppends: true,
      },
    }),
    owners: new AttributeOwners(),
    time,
    limits: {
      locationsPerEntity: 1,
      entitiesPerBatch: 1000,
      attributesPerEntity: 1000,
      subscriptionsPerTenant: 1000,
      registrationsPerTenant: 1000,
      ...limits,
    },
  };
}

/** One for all tests of a file: it is the same for every broker. */
const modelRegistry = createModelRegistry();

const noTransport = { send: async () => ({ kind: 'accepted' }) as const, close: async () => undefined };

const silentLog: Log = { info() {}, warn() {}, error() {} };

/** Every document registers one provider of everything. */
const plainRegistrationCodecs: RegistrationCodecs = {
  ngsiv2: {
    restore: () => ({
      entities: [],
      attributes: [],
      provider: { target: { kind: 'url', url: 'http://127.0.0.1:9' }, forwards: 'none' },
    }),
  },
};

/** Every document asks for every change, and is shown the id of the entity. */
const plainCodec: SubscriptionCodec = {
  restore: () => everyChange,
  render: (_subscription, { entity }) => ({ kind: 'stream', body: entity }),
};

const plainCodecs: SubscriptionCodecs = { ngsiv2: plainCodec, 'ngsi-ld': plainCodec };

/** What wakes for whatever happens to any entity. */
export const everyChange: SubscriptionTerms = {
  selectors: [],
  watched: [],
  alterations: ['entityCreate', 'entityUpdate', 'entityDelete'],
  notifyOnMetadataChange: true,
  notification: {
    attributes: { kind: 'all' },
    onlyChanged: false,
    metadata: [],
    format: 'normalized',
    delivery: { kind: 'stream' },
  },
};

/** The scope of a write to one path; `/` unless told otherwise. */
export function inScope(path: ScopePath = '/', tenant: TenantName = defaultTenant): RequestScope {
  return { tenant, scopes: [{ path, subtree: false }], scope: path, correlator: 'c1' };
}

/** The scope of a request that names no path to read from. */
export const everywhere: RequestScope = {
  tenant: defaultTenant,
  scopes: [everyScope],
  scope: '/',
  correlator: 'c1',
};

/** Puts entities into the store as they are. */
export async function given(broker: PlainBroker, ...entities: readonly Entity[]): Promise<void> {
  await storeOf(broker).write(
    entities.map((after) => ({
      target: { id: after.id, scopes: [] },
      decide: () => ({
        result: undefined,
        writes: [{ kind: 'create', change: { kind: 'created', after, attributes: [] } }],
      }),
    })),
  );
  storeOf(broker).writes.length = 0;
}

export function storeOf(broker: PlainBroker, tenant: TenantName = defaultTenant): PlainEntityStore {
  return broker.stores.tenant(tenant).entities;
}

/** All entities of the default tenant, in the order of creation. */
export async function storedIn(broker: PlainBroker): Promise<Entity[]> {
  const { records } = await storeOf(broker).find(everything);
  return records.map(({ entity }) => entity);
}

/** The plain values of the attributes of each entity, by its id. */
export async function valuesIn(broker: PlainBroker): Promise<Record<string, Record<string, unknown>>> {
  const entities = await storedIn(broker);
  return Object.fromEntries(
    entities.map(({ id, attributes }) => [
      id,
      Object.fromEntries([...attributes].map(([name, [first]]) => [name, first.kind === 'property' && first.value])),
    ]),
  );
}

export const everything: Query = {
  selectors: [],
  scopes: [],
  order: [],
  offset: 0,
  limit: Number.POSITIVE_INFINITY,
  count: false,
};

/** Why the request was refused; fails if it was not. */
export async function refusalOf(request: Promise<unknown>): Promise<RefusalReason> {
  try {
    await request;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  throw new Error('The request was not refused');
}
