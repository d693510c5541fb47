import { replayDeadLetters } from '../../src/broker/notifier/dead-letters.ts';
import { Notifier } from '../../src/broker/notifier/notifier.ts';
import { defaultNotifierSettings, type NotifierSettings } from '../../src/broker/notifier/notifier-settings.ts';
import type {
  NotificationIdentity,
  SubscriptionCodec,
  SubscriptionCodecs,
} from '../../src/broker/subscriptions/subscription-codec.ts';
import { Subscriptions } from '../../src/broker/subscriptions/subscriptions.ts';
import { attributeOf, jsonValueOf } from '../../src/core/entity/entity.ts';
import { decodeEntity } from '../../src/core/entity/stored-form.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { TenantName } from '../../src/core/scope.ts';
import type { NotificationFacts } from '../../src/core/subscription/notification-facts.ts';
import type { OutgoingHttp, OutgoingMqtt } from '../../src/core/subscription/outgoing-notification.ts';
import {
  initialState,
  type StoredSubscription,
  type Subscription,
  type SubscriptionStatus,
  type SubscriptionTerms,
  type Throttling,
} from '../../src/core/subscription/subscription.ts';
import type { Outbox } from '../../src/ports/outbox.ts';
import type { Timers } from '../../src/ports/timers.ts';
import type { DeliveryOutcome, Transport } from '../../src/ports/transport.ts';
import { FakeTime, settled } from '../support/fake-time.ts';
import { writeOwing } from '../support/owed-changes.ts';
import { aBroker, everyChange } from '../support/plain-broker.ts';
import { SharedStores } from '../support/shared-stores.ts';
import { memoryEngine } from '../support/store-engines.ts';
import { aStoredSubscription } from '../support/stored-subscription.ts';

export const city = 'city' as TenantName;

export const accepted: DeliveryOutcome = { kind: 'answered', status: 204, answer: '' };
export const closed: DeliveryOutcome = { kind: 'failed', reason: 'connection closed' };
export const answered = (status: number, retryAfterMs?: number): DeliveryOutcome => ({
  kind: 'answered',
  status,
  answer: '',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

/** What came to a receiver. */
export interface Received {
  readonly url: string;
  /** Which subscription, entity and value: `S A 1`. */
  readonly text: string;
  readonly id: string;
  readonly at: number;
}

export type SubscriptionSpec = {
  readonly url?: string;
  readonly throttling?: { readonly periodMs: number; readonly mode: Throttling['mode'] };
  readonly maxFails?: number;
  readonly status?: SubscriptionStatus;
  readonly stream?: boolean;
  readonly cooldownMs?: number;
  readonly expectsSuccess?: true;
  /** The message is not at hand at once. */
  readonly later?: boolean;
};

/** A notifier on a store in memory, whose receivers do as they are told and whose time is the test's. */
export class NotifierUnderTest {
  readonly time = new FakeTime();
  readonly received: Received[] = [];
  readonly warnings: string[] = [];
  /** What receivers do; unless told otherwise they take everything. */
  receive: (received: Received) => DeliveryOutcome | Promise<DeliveryOutcome> = () => accepted;
  /** What messages that are not at hand at once wait for. */
  ingredients: () => Promise<void> = () => Promise.resolve();
  notifier: Notifier;
  subscriptions: Subscriptions;
  readonly stores: SharedStores;
  readonly #settings: NotifierSettings;
  #lives = 0;

  private constructor(stores: SharedStores, settings: Partial<NotifierSettings>) {
    this.stores = stores;
    this.#settings = { ...defaultNotifierSettings, ...settings };
    this.subscriptions = new Subscriptions(stores, this.#codecs, this.#log);
    this.notifier = this.#newNotifier();
  }

  static async start(settings: Partial<NotifierSettings> = {}): Promise<NotifierUnderTest> {
    const test = new NotifierUnderTest(new SharedStores(await memoryEngine.place().open()), settings);
    await test.subscriptions.load();
    await test.notifier.start();
    return test;
  }

  readonly #log = { info() {}, warn: (_details: object, message: string) => this.warnings.push(message), error() {} };

  /** Stops, or crashes, and starts on what the stores have. */
  async restart(how: 'stopped' | 'crashed' = 'stopped'): Promise<void> {
    if (how === 'stopped') await this.stop();
    this.subscriptions = new Subscriptions(this.stores, this.#codecs, this.#log);
    this.notifier = this.#newNotifier();
    await this.subscriptions.load();
    await this.notifier.start();
    await settled();
  }

  async stop(): Promise<void> {
    const stopping = this.notifier.stop();
    await this.time.pass(this.#settings.stopTimeoutMs);
    await stopping;
  }

  get outbox(): Outbox {
    return this.stores.tenant(city).outbox;
  }

  async subscribe(id: string, spec: SubscriptionSpec = {}): Promise<void> {
    const { status = 'active', ...document } = spec;
    const stored = aStoredSubscription({ id, document: { ...document } as JsonObject, state: initialState(status) });
    await this.subscriptions.put(city, stored, termsOf(spec), { status });
  }

  stored(id: string): StoredSubscription {
    const known = this.subscriptions.of(city).get(id);
    if (known === undefined) throw new Error(`there is no subscription ${id}`);
    return known.stored;
  }

  /** Changes an entity, which the subscriptions are owed. */
  async change(entityId: string, value: number, subscriptionIds: readonly string[] = ['S']): Promise<void> {
    const base = this.time.now();
    await this.stores.tenant(city).entities.write([writeOwing(entityId, subscriptionIds, value, base)]);
    await settled();
  }

  /** Has all dead letters sent again; answers how many there were. */
  replay(): Promise<number> {
    const broker = { ...aBroker(), stores: this.stores, notifier: this.notifier, clock: this.time };
    return replayDeadLetters(broker, city, {});
  }

  /** Texts of what came, in order. */
  get texts(): readonly string[] {
    return this.received.map(({ text }) => text);
  }

  #newNotifier(): Notifier {
    const life = ++this.#lives;
    const timers: Timers = {
      // Those of a crashed one ring for nobody.
      after: (delayMs, callback) => this.time.after(delayMs, () => life === this.#lives && callback()),
    };
    const ids = { fraction: () => 0.5, newId: () => 'id' };
    return new Notifier({
      stores: this.stores,
      subscriptions: this.subscriptions,
      codecs: this.#codecs,
      transports: { http: this.#http, mqtt: this.#mqtt },
      clock: this.time,
      timers,
      random: ids,
      log: this.#log,
      settings: this.#settings,
    });
  }

  readonly #codec: SubscriptionCodec = {
    restore: (document) => termsOf(document as SubscriptionSpec),
    render: (subscription, facts, identity) =>
      subscription.notification.presentation === true
        ? this.ingredients().then(() => render(subscription, facts, identity))
        : render(subscription, facts, identity),
  };

  readonly #codecs: SubscriptionCodecs = { ngsiv2: this.#codec, 'ngsi-ld': this.#codec };

  readonly #http: Transport<OutgoingHttp> = {
    send: async ({ target, headers, body = '' }) => {
      const url = target.kind === 'url' ? target.url : target.name;
      const received = { url, text: body, id: headers.get('id') ?? '', at: this.time.now() };
      this.received.push(received);
      return this.receive(received);
    },
    close: async () => undefined,
  };

  readonly #mqtt: Transport<OutgoingMqtt> = {
    send: async () => ({ kind: 'accepted' }),
    close: async () => undefined,
  };
}

function termsOf(spec: SubscriptionSpec): SubscriptionTerms {
  const { url = 'http://one', throttling, maxFails, stream, cooldownMs, expectsSuccess, later = false } = spec;
  const { notification } = everyChange;
  return {
    ...everyChange,
    ...(throttling !== undefined && { throttling }),
    notification: {
      ...notification,
      delivery: stream === true ? { kind: 'stream' } : { kind: 'http', target: { kind: 'url', url } },
      ...(maxFails !== undefined && { maxFails }),
      ...(cooldownMs !== undefined && { cooldownMs }),
      ...(expectsSuccess && { expectsSuccess }),
      presentation: later,
    },
  };
}

function render({ id, notification }: Subscription, facts: NotificationFacts, identity: NotificationIdentity) {
  const { delivery } = notification;
  if (delivery.kind !== 'http' || delivery.target.kind !== 'url') return { kind: 'stream', body: '' } as const;
  const { url } = delivery.target;
  if (url === 'nowhere') return { kind: 'unsendable', reason: 'no URL' } as const;
  const entity = decodeEntity(facts.entity);
  const n = attributeOf(entity, 'n');
  const body = `${id} ${entity.id} ${n === undefined ? '' : jsonValueOf(n)}`;
  if (url === 'needless') return { kind: 'needless' } as const;
  return {
    kind: 'http',
    method: 'POST',
    target: { kind: 'url', url },
    headers: new Map([['id', identity.id]]),
    body,
  } as const;
}

/** A receiver that answers when the test says so. */
export class HeldAnswers {
  readonly #resolvers: ((outcome: DeliveryOutcome) => void)[] = [];

  readonly receive = (): Promise<DeliveryOutcome> => new Promise((resolve) => this.#resolvers.push(resolve));

  get waiting(): number {
    return this.#resolvers.length;
  }

  /** Answers the oldest request that waits. */
  async answer(outcome: DeliveryOutcome = accepted): Promise<void> {
    this.#resolvers.shift()?.(outcome);
    await settled();
  }
}
