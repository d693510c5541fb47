import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EncodingThread } from './adapters/encoding/encoding-thread.ts';
import { DiskShelf } from './adapters/files/disk-shelf.ts';
import { createModelRegistry } from './adapters/models/ajv-model-registry.ts';
import { systemRandom } from './adapters/runtime/system-random.ts';
import { systemTimers } from './adapters/runtime/system-timers.ts';
import { openEmbeddedStores } from './adapters/stores/embedded/embedded-stores.ts';
import type { Followers } from './adapters/stores/embedded/replica/followers.ts';
import type { Endpoints } from './adapters/transports/endpoints.ts';
import { HttpTransport } from './adapters/transports/http/http-transport.ts';
import { MqttTransport } from './adapters/transports/mqtt/mqtt-transport.ts';
import { privateRanges, ReceiverGuard } from './adapters/transports/receiver-guard.ts';
import type { Broker } from './broker/broker.ts';
import { holdsFor } from './broker/entities/holds-for.ts';
import { linkedEntities } from './broker/entities/linked-entities.ts';
import { defaultPatience } from './broker/federation/forwarding-settings.ts';
import type { ProviderDialects } from './broker/federation/provider-dialect.ts';
import { Providers } from './broker/federation/providers.ts';
import { Synchronizations } from './broker/federation/synchronizations.ts';
import { Models } from './broker/models/models.ts';
import { Notifier, type Transports } from './broker/notifier/notifier.ts';
import { defaultNotifierSettings } from './broker/notifier/notifier-settings.ts';
import { AttributeOwners } from './broker/owners/attribute-owner.ts';
import type { RegistrationCodecs } from './broker/registrations/registration-codec.ts';
import { Registrations } from './broker/registrations/registrations.ts';
import { coveredEntities } from './broker/subscriptions/covered-entities.ts';
import { Intervals } from './broker/subscriptions/intervals.ts';
import type { SubscriptionCodecs } from './broker/subscriptions/subscription-codec.ts';
import { Subscriptions } from './broker/subscriptions/subscriptions.ts';
import type { EncodingJob, Written } from './catalogue/exports/encode-dataset.ts';
import { type OpenData, startOpenData } from './catalogue/open-data.ts';
import { composeContexts, type KeptContexts, noContexts } from './compose-contexts.ts';
import { composeIngest } from './compose-ingest.ts';
import type { Config } from './config/options.ts';
import { packageVersion } from './config/package-version.ts';
import type { JsonObject, JsonValue } from './core/json.ts';
import type { TenantName } from './core/scope.ts';
import { coreVocabulary } from './dialects/ngsi-ld/context/context-vocabulary.ts';
import { renderContextMember } from './dialects/ngsi-ld/context/core-context.ts';
import {
  type NotificationSources,
  renderNotification as renderLdNotification,
} from './dialects/ngsi-ld/notifications/render-notification.ts';
import type { SubscriptionDocument as LdSubscriptionDocument } from './dialects/ngsi-ld/subscriptions/subscription-document.ts';
import { restoreTerms as restoreLdTerms } from './dialects/ngsi-ld/subscriptions/subscription-terms.ts';
import { compileCondition } from './dialects/ngsiv2/notifications/compile-condition.ts';
import { renderNotification } from './dialects/ngsiv2/notifications/render-notification.ts';
import { ngsiv2Provider } from './dialects/ngsiv2/providers/ngsiv2-provider.ts';
import type { RegistrationDocument } from './dialects/ngsiv2/registrations/registration-document.ts';
import { readTerms } from './dialects/ngsiv2/registrations/registration-terms.ts';
import type { SubscriptionDocument } from './dialects/ngsiv2/subscriptions/subscription-document.ts';
import { restoreTerms } from './dialects/ngsiv2/subscriptions/subscription-terms.ts';
import type { EncodingSetup } from './encode-datasets.ts';
import type { ServedBroker } from './http/availability.ts';
import { requestContext } from './http/ngsi-ld/request-context.ts';
import type { Logger } from './observe/log.ts';
import type { Clock } from './ports/clock.ts';
import type { Stores } from './ports/stores.ts';

/** A broker with all that runs for it. */
export interface ComposedBroker extends ServedBroker {
  /** Where devices can connect with MQTT, as URLs. */
  readonly mqttUrls: readonly string[];
  /**
   * Waits for notifications under way, for as long as the configuration says, and resolves when all that was accepted is
   * durable and nothing is open any more. Called once, when no request is under way.
   */
  close(): Promise<void>;
}

/**
 * Puts one broker together: the only place that names concrete adapters.
 *
 * Resolves when every tenant is loaded, and what was owed is on its way; the log tells how far it is.
 */
export async function composeBroker(
  config: Config,
  endpoints: Endpoints,
  log: Logger,
  keptContexts: KeptContexts = noContexts,
  surroundings: Surroundings = {},
): Promise<ComposedBroker> {
  const stores = await (surroundings.openStores?.() ?? openStores(config, log, surroundings));
  const clock: Clock = { now: Date.now };
  const guard = guardOf(config);
  const world = { stores, clock, random: systemRandom, log };
  const { closeContexts, ...contexts } = await composeContexts(config, keptContexts, guard, world);
  const hostAlias = hostAliasOf(config);
  const codecs = codecsOf({ stores, clock, hostAlias, ...contexts });
  const subscriptions = new Subscriptions(stores, codecs, log);
  await subscriptions.load();
  const registrations = new Registrations(stores, registrationCodecs, systemTimers, log);
  await registrations.load();
  const models = new Models(stores, createModelRegistry(), log);
  await models.load();
  const parts = { ...world, ...contexts, subscriptions, registrations, models };
  const transports = transportsOf(config, endpoints, guard, clock);
  const notifier = new Notifier({
    ...parts,
    codecs,
    transports,
    timers: systemTimers,
    settings: {
      ...defaultNotifierSettings,
      maxConcurrency: config.notificationConcurrency,
      maxAgeMs: config.notificationMaxAgeSeconds * 1000,
      stopTimeoutMs: config.shutdownTimeoutMs,
    },
  });
  const asker = forwardingTransport(config, endpoints, guard, clock);
  const providers = new Providers({
    ...parts,
    asker,
    dialects: providerDialects,
    timers: systemTimers,
    settings: {
      ...defaultPatience,
      hostAlias,
      timeoutMs: config.forwardingTimeoutMs,
      maxConcurrency: config.forwardingConcurrency,
      maxHops: config.forwardingMaxHops,
      maxEntities: config.forwardingMaxEntities,
      forwardsAppends: config.forwardAppends,
    },
  });
  const synchronizations = new Synchronizations({ ...parts, timers: systemTimers });
  await notifier.start();
  await synchronizations.load();
  const intervals = new Intervals({ ...parts, timers: systemTimers });
  intervals.start();
  const broker: Broker = {
    ...parts,
    notifier,
    providers,
    owners: new AttributeOwners(),
    synchronizations,
    limits: {
      locationsPerEntity: config.locationsPerEntity,
      entitiesPerBatch: config.maxBatchEntities,
      attributesPerEntity: config.maxAttributes,
      subscriptionsPerTenant: config.maxSubscriptions,
      registrationsPerTenant: config.maxRegistrations,
    },
  };
  const openData = await openDataOf(broker, config, surroundings.filesAreOwn ?? false);
  const closeBroker = async (): Promise<void> => {
    synchronizations.stop();
    await intervals.stop();
    await openData.close();
    await notifier.stop();
    await Promise.all([transports.http.close(), transports.mqtt.close(), asker.close(), closeContexts()]);
    await registrations.statistics.flush();
    await stores.close();
  };
  try {
    const { ingest, urls, close } = await composeIngest(broker, config, endpoints, transports.http, log);
    return {
      ...broker,
      ingest,
      openData,
      mqttUrls: urls,
      async close() {
        await close();
        await closeBroker();
      },
    };
  } catch (error) {
    await closeBroker();
    throw error;
  }
}

/** How the broker calls itself to those that it forwards requests to. */
export function hostAliasOf({ hostAlias }: Config): string {
  return hostAlias === 'auto' ? `oriel-${systemRandom.newId().slice(0, 8)}` : hostAlias;
}

/** What a broker has around it. */
export interface Surroundings {
  /** Hears why it waits, where its stores are elsewhere and not there yet. */
  readonly onWaiting?: (reason: string) => void;
  /** Ends the waiting: the broker is to stop. */
  readonly signal?: AbortSignal;
  /** Processes of this machine that answer reads of the embedded engine too. */
  readonly followers?: Followers;
  /** Opens other stores than those of the configuration. */
  readonly openStores?: () => Promise<Stores>;
  /** Files of open data are for this process alone, and go with it. */
  readonly filesAreOwn?: boolean;
}

/** The stores that the configuration asks for, and nothing else of a broker. Resolves when every tenant is loaded. */
export async function openStores(config: Config, log: Logger, surroundings: Surroundings = {}): Promise<Stores> {
  const { followers, onWaiting, signal } = surroundings;
  const settings = {
    cacheBytes: config.cacheMb * 1024 * 1024,
    queryTimeoutMs: config.queryTimeoutMs,
    maxTenants: config.maxTenants,
    maxTypes: config.maxTypes,
    maxPendingWrites: config.maxPendingWrites,
    maxOwed: config.maxOwed,
    log,
  };
  const { store, data } = config;
  if (store !== 'memory' && store !== 'embedded') {
    // The driver takes a while to load, and most brokers have no use for it.
    const { openMongoStores } = await import('./adapters/stores/mongodb/mongo-stores.ts');
    const waiting = { ...(onWaiting !== undefined && { onWaiting }), ...(signal !== undefined && { signal }) };
    const { readStalenessMs, leaseSeconds } = config;
    return openMongoStores({ ...settings, ...waiting, uri: store, leaseMs: leaseSeconds * 1000, readStalenessMs });
  }
  const directory = store === 'memory' ? undefined : data;
  return openEmbeddedStores({
    ...settings,
    directory,
    onProgress: progressLog(log),
    ...(followers !== undefined && { followers }),
  });
}

/** Files of a store in memory are for this process alone. */
async function openDataOf(broker: Broker, config: Config, filesAreOwn: boolean): Promise<OpenData> {
  const isPassing = filesAreOwn || config.store === 'memory';
  const own = isPassing
    ? join(tmpdir(), `oriel-${process.pid}-${broker.random.newId()}`)
    : join(config.data, 'open-data');
  const snapshots = config.snapshots === 'data' ? own : config.snapshots;
  const setup: EncodingSetup = { live: own, snapshots };
  const openData = await startOpenData({
    broker,
    encoder: new EncodingThread<EncodingJob, Written>(encodingEntry(), setup),
    liveFiles: new DiskShelf(own),
    snapshotFiles: new DiskShelf(snapshots),
    publicUrl: config.publicUrl,
    timers: systemTimers,
    maxLiveBytes: config.exportsMb * 1024 * 1024,
  });
  if (!isPassing) return openData;
  return {
    ...openData,
    async close() {
      await openData.close();
      await rm(own, { recursive: true, force: true });
    },
  };
}

/** From a compiled build the thread runs the `.js` beside this file; from source, tsx reads the `.ts`. */
function encodingEntry(): URL {
  const compiled = import.meta.url.endsWith('.js');
  return new URL(compiled ? './encode-datasets.js' : './encode-datasets-from-source.mjs', import.meta.url);
}

/** How long a connection to an MQTT broker is kept that nothing is sent over. */
const mqttIdleMs = 300_000;

function transportsOf(config: Config, endpoints: Endpoints, guard: ReceiverGuard, clock: Clock): Transports {
  const timeoutMs = config.notificationTimeoutMs;
  const maxConnections = config.notificationConcurrency;
  return {
    http: new HttpTransport({ timeoutMs, maxConnections, endpoints: endpoints.http, guard, clock }),
    mqtt: new MqttTransport({ timeoutMs, idleMs: mqttIdleMs, endpoints: endpoints.mqtt, guard }),
  };
}

/** Apart from notifications, so that neither waits for connections of the other; to the same addresses as they. */
function forwardingTransport(config: Config, endpoints: Endpoints, guard: ReceiverGuard, clock: Clock): HttpTransport {
  return new HttpTransport({
    timeoutMs: config.forwardingTimeoutMs,
    maxConnections: config.forwardingConcurrency,
    endpoints: endpoints.http,
    guard,
    clock,
  });
}

function guardOf({ notificationDeny, notificationAllow }: Config): ReceiverGuard {
  return new ReceiverGuard(rangesOf(notificationDeny), rangesOf(notificationAllow));
}

function rangesOf(text: string): readonly string[] {
  if (text === 'none') return [];
  return text === 'private' ? privateRanges : text.split(',');
}

const userAgent = `oriel/${packageVersion}`;

function codecsOf({
  stores,
  contexts,
  hostedContexts,
  clock,
  hostAlias,
}: Pick<Broker, 'stores' | 'contexts' | 'hostedContexts' | 'clock'> & {
  readonly hostAlias: string;
}): SubscriptionCodecs {
  const vocabularyOf = async (tenant: TenantName, context: JsonValue | undefined) => {
    // One that is served here must be there for whoever is told in its terms.
    if (typeof context === 'object') await hostedContexts.link(tenant, JSON.parse(renderContextMember(context)));
    return (await requestContext(context, tenant, contexts)).vocabulary;
  };
  const sources: NotificationSources = {
    vocabularyOf: (tenant, context) =>
      context === undefined && contexts.defaultFor(tenant) === undefined
        ? coreVocabulary
        : vocabularyOf(tenant, context),
    linked: (tenant, entities, { level, containedBy }) =>
      linkedEntities({ stores }, { tenant }, entities, { level, known: containedBy }),
    holds: (tenant, filter, entity) => holdsFor(stores.tenant(tenant).entities, filter, entity),
    async covered(tenant, subscription, page) {
      const query = coveredEntities(subscription, page, { count: false });
      return (await stores.tenant(tenant).entities.find(query)).records.map(({ entity }) => entity);
    },
  };
  return {
    ngsiv2: {
      restore: (document: JsonObject) =>
        restoreTerms(document as SubscriptionDocument, (source) => compileCondition(source, clock.now)),
      render: (subscription, facts, identity) =>
        renderNotification(subscription, facts, { ...identity, userAgent, hostAlias }),
    },
    'ngsi-ld': {
      restore: (document: JsonObject) => restoreLdTerms(document as LdSubscriptionDocument),
      render: (subscription, facts, { id }) => renderLdNotification(subscription, facts, { id, userAgent }, sources),
    },
  };
}

const registrationCodecs: RegistrationCodecs = {
  ngsiv2: { restore: (document: JsonObject) => readTerms(document as RegistrationDocument) },
};

const providerDialects: ProviderDialects = { ngsiv2: ngsiv2Provider(userAgent) };

/** Logs how far the loading of each tenant is, at every tenth of the way. */
function progressLog(log: Logger): (tenant: TenantName, loaded: number, total: number) => void {
  const tenths = new Map<TenantName, number>();
  return (tenant, loaded, total) => {
    const tenth = total === 0 ? 10 : Math.floor((loaded * 10) / total);
    if (tenths.get(tenant) === tenth) return;
    tenths.set(tenant, tenth);
    log.info({ tenant, loaded, total, percent: tenth * 10 }, 'loading entities');
  };
}
