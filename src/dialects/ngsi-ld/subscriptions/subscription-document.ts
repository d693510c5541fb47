import type { JsonObject, JsonValue } from '../../../core/json.ts';

/*
 * A subscription as the store keeps it: what the client sent, checked, in the terms of the client's context, and what these terms stand for.
 * So it can be read again without any context at hand. Whether it is active, counters and dates are not in it. [LD 5.2.12]
 */

export type SubscriptionDocument = {
  readonly subscriptionName?: string;
  readonly description?: string;
  readonly entities?: readonly JsonObject[];
  readonly watchedAttributes?: readonly string[];
  readonly notificationTrigger?: readonly Trigger[];
  /** Seconds. */
  readonly timeInterval?: number;
  readonly q?: string;
  readonly geoQ?: JsonObject;
  readonly csf?: string;
  readonly scopeQ?: string;
  readonly lang?: string;
  readonly datasetId?: readonly string[];
  readonly expandValues?: string;
  readonly jsonKeys?: string;
  readonly localOnly?: boolean;
  readonly splitEntities?: boolean;
  readonly ngsildConformance?: string;
  /** Seconds. */
  readonly throttling?: number;
  readonly expiresAt?: string;
  readonly notification: NotificationDocument;
  /** The context of notifications, the core context apart; absent: the core context alone. */
  readonly context?: JsonValue;
  /** Where that is served, where it is more than one URL. */
  readonly contextUrl?: string;
  /** By member: what its terms stand for, as far as that is not what they stand for in the core context. */
  readonly names?: { readonly [member: string]: Names };
};

/** Kept names by term, URIs by compact URI in angle brackets, and kept names by IRI behind an equals sign. */
export type Names = { readonly [term: string]: string };

/** What may have happened. [LD 5.2.12] */
export type Trigger = (typeof triggers)[number];

export const triggers = [
  'entityCreated',
  'entityUpdated',
  'entityDeleted',
  'attributeCreated',
  'attributeUpdated',
  'attributeDeleted',
] as const;

export const formats = ['normalized', 'concise', 'simplified', 'keyValues'] as const;

export const acceptedTypes = ['application/json', 'application/ld+json', 'application/geo+json'] as const;

/** The media type of a notification. */
export type AcceptedType = (typeof acceptedTypes)[number];

/** [LD 5.2.14] */
export type NotificationDocument = {
  readonly attributes?: readonly string[];
  readonly pick?: readonly string[];
  readonly omit?: readonly string[];
  readonly format?: (typeof formats)[number];
  readonly showChanges?: boolean;
  readonly sysAttrs?: boolean;
  readonly join?: 'flat' | 'inline' | '@none';
  readonly joinLevel?: number;
  readonly endpoint: EndpointDocument;
};

/** [LD 5.2.15] */
export type EndpointDocument = {
  readonly uri: string;
  readonly accept?: AcceptedType;
  /** Milliseconds. */
  readonly cooldown?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly receiverInfo?: readonly KeyValuePair[];
  readonly notifierInfo?: readonly KeyValuePair[];
};

/** [LD 5.2.22] */
export type KeyValuePair = { readonly key: string; readonly value: string };
