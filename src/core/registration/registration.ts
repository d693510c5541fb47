import type { EpochMs } from '../entity/entity.ts';
import type { JsonObject } from '../json.ts';
import type { EntitySelector, Filter } from '../query/query.ts';
import type { ScopePath } from '../scope.ts';
import type { DeliveryTarget } from '../subscription/delivery.ts';

/** That somebody else holds something: who, and what of which entities. */
export interface Registration extends RegistrationTerms {
  readonly id: string;
  readonly dialect: RegistrationDialect;
  /** The path that its entities are in. Requests that do not see it do not ask its provider. */
  readonly scope: ScopePath;
  readonly status: RegistrationStatus;
}

/** How the provider is spoken to, which is how the registration was written. */
export type RegistrationDialect = 'ngsiv2';

/** What a client registered, whichever dialect it spoke. */
export interface RegistrationTerms {
  readonly description?: string;
  /** Any of them covers what the provider has; none at all covers every entity. */
  readonly entities: readonly EntitySelector[];
  /** The attributes that the provider has of them; empty: any. */
  readonly attributes: readonly string[];
  /** Where the entities are: those that say that they are elsewhere are not the provider's. */
  readonly area?: Filter;
  readonly provider: Provider;
  /** From then on nothing is forwarded. */
  readonly expiresAt?: EpochMs;
}

export interface Provider {
  readonly target: DeliveryTarget;
  readonly forwards: ForwardingMode;
  /** How long to wait for an answer; absent: as long as the broker waits by default. */
  readonly timeoutMs?: number;
}

/** Which requests a provider takes. */
export type ForwardingMode = (typeof forwardingModes)[number];

export const forwardingModes = ['none', 'query', 'update', 'all'] as const;

export type RegistrationStatus = (typeof registrationStatuses)[number];

export const registrationStatuses = ['active', 'inactive'] as const;

/**
 * A registration as every store keeps it. The dialect reads `document`, what the client sent, checked and merged by each
 * PATCH, into `RegistrationTerms` again, because patterns are not JSON.
 */
export interface StoredRegistration {
  readonly id: string;
  readonly dialect: RegistrationDialect;
  readonly scope: ScopePath;
  readonly status: RegistrationStatus;
  readonly document: JsonObject;
  readonly createdAt: EpochMs;
  readonly modifiedAt: EpochMs;
}

/** What became of the requests that were forwarded because of a registration. Losing the last few in a crash is harmless. */
export interface ForwardingInformation {
  readonly timesSent: number;
  readonly lastForwarding?: EpochMs;
  readonly lastSuccess?: EpochMs;
  readonly lastFailure?: EpochMs;
  readonly lastFailureReason?: string;
}

/** Nothing was forwarded yet. */
export const neverForwarded: ForwardingInformation = { timesSent: 0 };

/** Tells whether the last request that was forwarded failed. */
export function isFailing({ lastFailure, lastSuccess }: ForwardingInformation): boolean {
  return lastFailure !== undefined && (lastSuccess === undefined || lastFailure > lastSuccess);
}

/** Tells whether requests of the kind are forwarded because of the registration, at that moment. */
export function forwards(
  { status, expiresAt, provider }: Registration,
  kind: 'query' | 'update',
  now: EpochMs,
): boolean {
  if (status === 'inactive' || (expiresAt !== undefined && expiresAt <= now)) return false;
  return provider.forwards === 'all' || provider.forwards === kind;
}
