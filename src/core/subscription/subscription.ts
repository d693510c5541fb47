import type { AttributeChange } from '../change/entity-change.ts';
import type { EpochMs } from '../entity/entity.ts';
import type { JsonObject } from '../json.ts';
import type { EntitySelector, Filter } from '../query/query.ts';
import type { ScopePattern } from '../scope.ts';
import type { Condition } from './condition.ts';
import type { Delivery } from './delivery.ts';

/** What the broker works on: what a client asked to be told, where it asked, and whether it is told at present. */
export interface Subscription extends SubscriptionTerms {
  /** Unique in the tenant. */
  readonly id: string;
  /** Whoever wrote the subscription renders its notifications. */
  readonly dialect: SubscriptionDialect;
  /** Any of them must cover one of the entity's scopes; none at all covers every scope. */
  readonly scopes: readonly ScopePattern[];
  readonly status: SubscriptionStatus;
}

export type SubscriptionDialect = 'ngsiv2' | 'ngsi-ld';

/** What a client asked for, whichever dialect it spoke. `matchSubscriptions` says what it means. */
export interface SubscriptionTerms {
  readonly description?: string;
  /** Any of them must cover the entity; none at all covers every entity. */
  readonly selectors: readonly EntitySelector[];
  /** The attributes whose change wakes the subscription; empty: all of them. */
  readonly watched: readonly string[];
  /** Empty: no change wakes it. */
  readonly alterations: readonly Alteration[];
  /**
   * What has to happen to an attribute of an entity that stays: it comes, it becomes another, it goes, each instance by itself. Absent: any
   * of it, and of a deletion every attribute counts as watched. [LD 5.2.12]
   */
  readonly attributeActions?: readonly AttributeChange['action'][];
  /** It is told of all that it covers each time that this long has passed, whatever changes. At least 1000. [LD 5.8.6] */
  readonly timeIntervalMs?: number;
  /** Metadata belong to the value: their change counts as one. */
  readonly notifyOnMetadataChange: boolean;
  /** Must hold for the entity after the change; for a deletion, before it. */
  readonly filter?: Filter;
  /** Must hold as well. */
  readonly condition?: Condition;
  readonly notification: NotificationTerms;
  readonly throttling?: Throttling;
  /** From then on nothing wakes the subscription. */
  readonly expiresAt?: EpochMs;
}

/**
 * What can happen to an entity. `entityChange` is an update after which something is different, or a forced one;
 * who asks for `entityUpdate` asks for every update, changes included.
 */
export type Alteration = (typeof alterations)[number];

export const alterations = ['entityCreate', 'entityChange', 'entityUpdate', 'entityDelete'] as const;

/** Whether the subscription may be woken. `oneshot` becomes `inactive` with its first notification. */
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

export const subscriptionStatuses = ['active', 'inactive', 'oneshot'] as const;

/** What a notification shows of the entity, and how it is delivered. */
export interface NotificationTerms {
  readonly attributes: AttributeSelection;
  /** Of those, only the ones that the change touched; built-in ones stay. */
  readonly onlyChanged: boolean;
  /** Names of metadata to show, built-in ones and `*` among them; empty: all that users wrote. */
  readonly metadata: readonly string[];
  readonly format: NotificationFormat;
  readonly delivery: Delivery;
  /** With more failures in a row than this the subscription becomes inactive; absent: never. At least 1. */
  readonly maxFails?: number;
  /** An answer other than a success is a failure, even where it is not tried again. Absent: who answers was reached. [LD 5.8.6] */
  readonly expectsSuccess?: true;
  /** After a failure nothing is sent for this long; it is sent then. [LD 5.2.15] */
  readonly cooldownMs?: number;
  /** What only the dialect of the subscription knows of its messages: it made this, and nobody else looks at it. */
  readonly presentation?: unknown;
}

export type AttributeSelection =
  | { readonly kind: 'all' }
  /** At least one name, in the order to show; `covered` shows the absent ones as null. */
  | { readonly kind: 'only'; readonly names: readonly string[]; readonly covered: boolean }
  /** At least one name. */
  | { readonly kind: 'except'; readonly names: readonly string[] };

/** How entities are represented; each dialect offers some of them. */
export type NotificationFormat = (typeof notificationFormats)[number];

export const notificationFormats = [
  'normalized',
  'keyValues',
  'values',
  'simplifiedNormalized',
  'simplifiedKeyValues',
] as const;

/** At most one notification in a period. `drop` forgets what comes too early, `trailing` sends the last of it when the period ends. */
export interface Throttling {
  /** More than 0. */
  readonly periodMs: number;
  readonly mode: 'drop' | 'trailing';
}

/**
 * A subscription as every store keeps it.
 *
 * `document` is what the client sent, checked and normalised by its dialect and merged by each PATCH; secrets are in it.
 * The dialect reads it into `SubscriptionTerms` again, because filters and patterns are not JSON.
 */
export interface StoredSubscription {
  readonly id: string;
  readonly dialect: SubscriptionDialect;
  readonly scopes: readonly ScopePattern[];
  readonly document: JsonObject;
  readonly state: SubscriptionState;
  readonly createdAt: EpochMs;
  readonly modifiedAt: EpochMs;
  /** Names the put that made it so; given by stores that several brokers write, absent elsewhere. */
  readonly revision?: string;
}

/** What became of a subscription. Counters survive a PATCH; losing the last few of them in a crash is harmless, losing `status` is not. */
export interface SubscriptionState {
  readonly status: SubscriptionStatus;
  /**
   * Names the request that gave the status last; absent: the one that made the subscription. Sending ends a oneshot and gives none: so who sends
   * tells a status that was given anew from one that another broker has read before that.
   */
  readonly statusGiven?: string;
  /** Attempts, whatever came of them. */
  readonly timesSent: number;
  /** Attempts that failed since the last one that did not. */
  readonly failsCounter: number;
  /** Attempts that failed, ever; absent: none. */
  readonly timesFailed?: number;
  readonly lastNotification?: EpochMs;
  readonly lastSuccess?: EpochMs;
  /** Status of the last answer, errors included: who answers was reached. HTTP only. */
  readonly lastSuccessCode?: number;
  readonly lastFailure?: EpochMs;
  /** HTTP only. */
  readonly lastFailureReason?: string;
}

/** The state of a subscription that nothing has woken yet. */
export function initialState(status: SubscriptionStatus): SubscriptionState {
  return { status, timesSent: 0, failsCounter: 0 };
}
