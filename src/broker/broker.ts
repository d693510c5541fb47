import type { Clock } from '../ports/clock.ts';
import type { ContextSource, FetchedContexts } from '../ports/context-source.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Stores } from '../ports/stores.ts';
import type { HostedContexts } from './contexts/hosted-contexts.ts';
import type { Providers } from './federation/providers.ts';
import type { Synchronizations } from './federation/synchronizations.ts';
import type { Models } from './models/models.ts';
import type { Notifier } from './notifier/notifier.ts';
import type { AttributeOwners } from './owners/attribute-owner.ts';
import type { Registrations } from './registrations/registrations.ts';
import type { Subscriptions } from './subscriptions/subscriptions.ts';

/** What the operations of the broker work on. */
export interface Broker {
  readonly stores: Stores;
  /** What the stores have of subscriptions, loaded. */
  readonly subscriptions: Subscriptions;
  /** What the stores have of data models and policies, loaded. */
  readonly models: Models;
  /** Delivers what the stores owe. */
  readonly notifier: Notifier;
  /** What the stores have of registrations, loaded. */
  readonly registrations: Registrations;
  /** Speaks to those who are registered. */
  readonly providers: Providers;
  /** Those in this process who answer for attributes. */
  readonly owners: AttributeOwners;
  /** Tell subscriptions of what was there before them. */
  readonly synchronizations: Synchronizations;
  /** What the contexts of NGSI-LD mean. */
  readonly contexts: ContextSource;
  /** Contexts that are served here, loaded. */
  readonly hostedContexts: HostedContexts;
  /** Copies of contexts that are served elsewhere. */
  readonly fetchedContexts: FetchedContexts;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: BrokerLimits;
}

/** What a client can make the broker grow by, bounded. */
export interface BrokerLimits {
  /** Geo attributes an entity may have that queries look at; 1 as the reference implementation has it. */
  readonly locationsPerEntity: number;
  /** Entities in one batch. */
  readonly entitiesPerBatch: number;
  readonly attributesPerEntity: number;
  readonly subscriptionsPerTenant: number;
  readonly registrationsPerTenant: number;
}
