import type { EntityChange } from '../../core/change/entity-change.ts';
import type { JsonObject } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import type { ChangeOrigin } from '../../core/subscription/change-origin.ts';
import { wakenBy } from '../../core/subscription/match-subscriptions.ts';
import { changeFacts } from '../../core/subscription/notification-facts.ts';
import type { Subscription } from '../../core/subscription/subscription.ts';
import type { Synchronization } from '../../core/subscription/synchronization.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EntityRecord, WriteCommand } from '../../ports/entity-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Stores } from '../../ports/stores.ts';
import type { Timers } from '../../ports/timers.ts';
import { KnownDocuments } from '../documents/known-documents.ts';
import type { Subscriptions } from '../subscriptions/subscriptions.ts';

export interface SynchronizationParts {
  readonly stores: Stores;
  readonly subscriptions: Subscriptions;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** Entities that are looked at together. */
const pageSize = 500;

/** Notifications that a tenant may owe while more of a synchronization are added: receivers take what they can. */
const mostOwed = 2000;

/** How long to wait where there is no room, it is up to another broker, or the store refused. */
const waitMs = 250;

/**
 * Tells subscriptions of what was there before them, as if it were created now: page by page in the order of creation, as the
 * receiver takes it, and from where it was after a restart.
 *
 * What an entity is told as is decided in the order of its writes, so that no receiver has it older at the end than it is. By the
 * broker that sends what the subscription is owed.
 */
export class Synchronizations {
  readonly #parts: SynchronizationParts;
  readonly #known: KnownDocuments<Synchronization>;
  /** Those that are at work or wait, with what wakes them. */
  readonly #running = new Map<string, () => void>();
  #isStopped = false;

  constructor(parts: SynchronizationParts) {
    this.#parts = parts;
    this.#known = new KnownDocuments(parts.stores, 'synchronization', ({ document }) => read(document), parts.log, {
      put: (tenant, id, { state }) => {
        if (state === 'running') this.#begin(tenant, id);
      },
      removed: () => undefined,
    });
  }

  /** Goes on with what was not finished. */
  async load(): Promise<void> {
    await this.#known.load();
  }

  /** How far a subscription is; undefined: nobody asked for it. */
  of(tenant: TenantName, id: string): Synchronization | undefined {
    return this.#known.of(tenant).get(id);
  }

  /** Begins, or begins anew; resolves once that is durable. */
  async start({ tenant, correlator }: ChangeOrigin, id: string): Promise<void> {
    const { clock } = this.#parts;
    await this.#put(tenant, id, { state: 'running', correlator, startedAt: clock.now(), told: 0 });
  }

  /** The subscription is gone. */
  async forget(tenant: TenantName, id: string): Promise<void> {
    if (this.of(tenant, id) === undefined) return;
    await this.#parts.stores.tenant(tenant).documents('synchronization').remove([id]);
  }

  /** Nothing more is told; what is left goes on after a restart. */
  stop(): void {
    this.#isStopped = true;
    for (const wake of this.#running.values()) wake();
  }

  #begin(tenant: TenantName, id: string): void {
    const key = JSON.stringify([tenant, id]);
    if (this.#running.has(key)) return;
    this.#running.set(key, () => undefined);
    void this.#run(tenant, id, key).finally(() => this.#running.delete(key));
  }

  async #run(tenant: TenantName, id: string, key: string): Promise<void> {
    for (;;) {
      let next: 'page' | 'wait' | 'end';
      try {
        next = this.#isStopped ? 'end' : await this.#step(tenant, id);
      } catch (error) {
        this.#parts.log.warn({ err: error, tenant, subscription: id }, 'a synchronization waits: the store refused');
        next = 'wait';
      }
      if (next === 'end') return;
      if (next === 'wait') await this.#wait(key);
    }
  }

  async #step(tenant: TenantName, id: string): Promise<'page' | 'wait' | 'end'> {
    const { stores, subscriptions, clock } = this.#parts;
    const synchronization = this.of(tenant, id);
    if (synchronization?.state !== 'running') return 'end';
    const known = subscriptions.of(tenant).get(id);
    if (known === undefined) {
      await this.forget(tenant, id);
      return 'end';
    }
    const { subscription } = known;
    const { entities, outbox } = stores.tenant(tenant);
    if (subscription === undefined || !stores.sends(tenant, id) || outbox.size >= mostOwed) return 'wait';

    const { selectors, scopes, filter } = subscription;
    const { after, correlator, told } = synchronization;
    const page = await entities.find({
      selectors,
      scopes,
      ...(filter !== undefined && { filter }),
      order: [],
      offset: 0,
      limit: pageSize,
      ...(after !== undefined && { after }),
      count: false,
    });
    const now = clock.now();
    const outcomes = await entities.write(
      page.records.map((record) => telling(record, subscription, { tenant, correlator }, now)),
    );
    const sofar = { ...synchronization, told: told + outcomes.filter((wasTold) => wasTold).length };
    // Somebody may have begun it anew meanwhile.
    if (this.of(tenant, id) !== synchronization) return 'page';
    await this.#put(
      tenant,
      id,
      page.next === undefined ? { ...sofar, state: 'done', finishedAt: now } : { ...sofar, after: page.next },
    );
    return page.next === undefined ? 'end' : 'page';
  }

  async #put(tenant: TenantName, id: string, synchronization: Synchronization): Promise<void> {
    const document = { ...synchronization } as unknown as JsonObject;
    await this.#parts.stores.tenant(tenant).documents('synchronization').put([{ id, document }]);
  }

  #wait(key: string): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.timers.after(waitMs, resolve);
      this.#running.set(key, () => {
        cancel();
        resolve();
      });
    });
  }
}

/** Owes the subscription the entity as it is when this is decided, if it is still there and asked for; answers whether. */
function telling(
  seen: EntityRecord,
  subscription: Subscription,
  origin: ChangeOrigin,
  now: number,
): WriteCommand<boolean> {
  const { id, types, scopes } = seen.entity;
  const [type] = types;
  const target = {
    id,
    ...(type !== undefined && { type }),
    scopes: scopes.map((path) => ({ path, subtree: false })),
  };
  return {
    target,
    decide(found) {
      const record = found.find(({ sequence }) => sequence === seen.sequence);
      if (record === undefined) return { result: false, writes: [] };
      const { entity } = record;
      const attributes = [...entity.attributes.keys()].map((name) => {
        return { name, action: 'append', changed: true, metadataChanged: false } as const;
      });
      const creation: EntityChange = { kind: 'created', after: entity, attributes };
      const wanted = { ...subscription, alterations: ['entityCreate'] as const };
      if (wakenBy(wanted, creation, origin, now) === undefined) return { result: false, writes: [] };
      return {
        result: true,
        writes: [
          { kind: 'update', record, change: { kind: 'updated', before: entity, after: entity, attributes: [] } },
        ],
        owed: [
          {
            entityId: id,
            facts: changeFacts(creation, origin, now),
            wakes: [{ subscriptionId: subscription.id, alteration: 'entityCreate', ordinal: 1 }],
          },
        ],
      };
    },
  };
}

function read(document: JsonObject): Synchronization {
  if (document.state !== 'running' && document.state !== 'done') throw new Error('no synchronization');
  return document as unknown as Synchronization;
}
