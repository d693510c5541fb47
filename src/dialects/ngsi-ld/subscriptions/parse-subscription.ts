import type { EpochMs } from '../../../core/entity/entity.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { isUri } from '../../../core/names/uri.ts';
import type { SubscriptionStatus, SubscriptionTerms } from '../../../core/subscription/subscription.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { parseDateTime, renderDateTime } from '../date-time.ts';
import type { QueryLimits } from '../query/entities-request.ts';
import { parseSelectors } from '../query/query-document.ts';
import { flag, type MemberCheck, members, object, oneOf, positive, text, texts, wholeNumber } from './json-members.ts';
import { parseEndpoint } from './parse-endpoint.ts';
import { recordedVocabulary, recordingVocabulary } from './recorded-names.ts';
import { maskedUri } from './render-subscription.ts';
import {
  formats,
  type Names,
  type NotificationDocument,
  type SubscriptionDocument,
  triggers,
} from './subscription-document.ts';
import { type NamedMember, namedMembers, readTerms } from './subscription-terms.ts';

/** What a subscription is read with. */
export interface SubscriptionReading {
  /** Of the request. */
  readonly vocabulary: LdVocabulary;
  /** The context of notifications, the core context apart; undefined: the core context alone. */
  readonly context: JsonValue | undefined;
  /** Where that is served, where it is more than one URL. */
  readonly contextUrl: string | undefined;
  readonly limits: QueryLimits;
  readonly now: EpochMs;
}

/** A subscription as a request says it. */
export interface ParsedSubscription {
  readonly document: SubscriptionDocument;
  readonly terms: SubscriptionTerms;
  /** Absent: it stays, or is active. */
  readonly status?: SubscriptionStatus;
}

/** Members that are the broker's: whatever a client says of them is passed over. [LD 5.2.12] [LD 5.2.14.2] */
const ownMembers: ReadonlySet<string> = new Set(['id', 'type', '@context', 'status', 'createdAt', 'modifiedAt']);
const ownNotificationMembers: ReadonlySet<string> = new Set([
  'status',
  'timesSent',
  'timesFailed',
  'lastNotification',
  'lastSuccess',
  'lastFailure',
]);

/** A year. */
const maxSeconds = 31_536_000;

/** Telling of all that there is costs more than telling of a change. */
const minIntervalSeconds = 1;

const checks: Readonly<Record<string, MemberCheck<unknown>>> = {
  subscriptionName: text,
  description: text,
  entities: parseSelectors,
  watchedAttributes: texts,
  notificationTrigger: (value, what) => texts(value, what).map((item) => oneOf(triggers)(item, `an item of ${what}`)),
  timeInterval: positive('seconds', minIntervalSeconds, maxSeconds),
  q: text,
  geoQ: object,
  csf: text,
  scopeQ: text,
  lang: text,
  datasetId: texts,
  expandValues: text,
  jsonKeys: text,
  localOnly: flag,
  splitEntities: flag,
  ngsildConformance: parseConformance,
  throttling: positive('seconds', 0, maxSeconds),
  expiresAt: (value, what) => renderDateTime(parseDateTime(value, what)),
  notification: parseNotification,
  jsonldContext: parseContextUrl,
  isActive: flag,
  temporalQ: () => {
    throw invalidRequest('temporalQ is for subscriptions to registrations of context sources');
  },
};

const notificationChecks: Readonly<Record<keyof NotificationDocument, MemberCheck<unknown>>> = {
  attributes: texts,
  pick: texts,
  omit: texts,
  format: oneOf(formats),
  showChanges: flag,
  sysAttrs: flag,
  join: oneOf(['flat', 'inline', '@none'] as const),
  joinLevel: wholeNumber(1, 10),
  endpoint: parseEndpoint,
};

/** The `id` of a subscription to be created, if it has one. */
export function subscriptionIdIn(body: JsonValue): string | undefined {
  const { id } = subscriptionIn(body);
  if (id === undefined) return undefined;
  if (typeof id === 'string' && isUri(id)) return id;
  throw invalidRequest(`id must be a URI: ${JSON.stringify(id)}`);
}

/** The `jsonldContext` of a subscription or a fragment of one; undefined where it has none, null where it takes it away. */
export function contextUrlIn(body: JsonValue): string | null | undefined {
  const { jsonldContext } = subscriptionIn(body);
  if (jsonldContext === undefined) return undefined;
  return isNull(jsonldContext) ? null : parseContextUrl(jsonldContext, 'jsonldContext');
}

/** A subscription to be created. [LD 5.8.1] */
export function parseSubscription(body: JsonValue, reading: SubscriptionReading): ParsedSubscription {
  const given = subscriptionIn(body);
  if (given.type !== 'Subscription') throw invalidRequest('a Subscription has the type "Subscription"');
  return parseMembers(given, {}, reading);
}

/**
 * What a fragment makes of a subscription: its members take the place of those that are there, null takes them away. `isExpired`: its
 * time is up. [LD 5.8.2] [LD 5.5.8]
 */
export function parseSubscriptionFragment(
  stored: SubscriptionDocument,
  body: JsonValue,
  reading: SubscriptionReading & { readonly isExpired: boolean },
): ParsedSubscription {
  const given = subscriptionIn(body);
  if (given.type !== undefined && given.type !== 'Subscription') throw invalidRequest('type stays "Subscription"');
  const parsed = parseMembers(given, stored, reading);
  const revives = reading.isExpired && given.expiresAt !== undefined && parsed.status === undefined;
  return revives ? { ...parsed, status: 'active' } : parsed;
}

function subscriptionIn(body: JsonValue): JsonObject {
  if (isJsonObject(body)) return body;
  throw invalidRequest('the body must be a JSON object, a Subscription');
}

function parseMembers(
  given: JsonObject,
  stored: Partial<SubscriptionDocument>,
  reading: SubscriptionReading,
): ParsedSubscription {
  const { vocabulary, context, contextUrl, limits, now } = reading;
  const removed = new Set(
    Object.keys(given).filter((member) => isNull(given[member]) && Object.hasOwn(checks, member)),
  );
  const present = Object.fromEntries(Object.entries(given).filter(([member]) => !removed.has(member)));
  const { isActive, jsonldContext: _, ...checked } = members(present, 'a Subscription', checks, ownMembers);
  const { context: __, contextUrl: ___, names: storedNames = {}, ...before } = stored;
  const kept = Object.fromEntries(Object.entries(before).filter(([member]) => !removed.has(member)));
  const notification = withKeptPassword(checked.notification ?? kept.notification, stored.notification);
  if (notification === undefined) throw invalidRequest('a Subscription has a notification');
  const merged: SubscriptionDocument = { ...kept, ...checked, notification };
  if (checked.expiresAt !== undefined && parseDateTime(checked.expiresAt as string, 'expiresAt') <= now) {
    throw invalidRequest('expiresAt is past');
  }

  const vocabularies = Object.fromEntries(
    namedMembers.map((member) => [
      member,
      recordingVocabulary(Object.hasOwn(checked, member) ? vocabulary : recordedVocabulary(storedNames[member] ?? {})),
    ]),
  );
  const vocabularyOf = (member: NamedMember) => vocabularies[member] ?? vocabulary;
  const unnamed = {
    ...merged,
    ...(context !== undefined && { context }),
    ...(contextUrl !== undefined && { contextUrl }),
  };
  const terms = readTerms(unnamed, vocabularyOf, limits);
  const names = Object.fromEntries(
    Object.entries(vocabularies).flatMap(([member, { recorded: own }]): [string, Names][] =>
      Object.keys(own).length === 0 ? [] : [[member, own]],
    ),
  );
  return {
    document: { ...unnamed, ...(Object.keys(names).length > 0 && { names }) },
    terms,
    ...(isActive !== undefined && { status: isActive === true ? 'active' : 'inactive' }),
  };
}

/** Who sends back what was shown sends a masked password: that is the one there is. */
function withKeptPassword(given: unknown, stored: NotificationDocument | undefined): NotificationDocument | undefined {
  const notification = given as NotificationDocument | undefined;
  if (notification === undefined || stored === undefined) return notification;
  const { uri } = stored.endpoint;
  if (notification.endpoint.uri === uri || notification.endpoint.uri !== maskedUri(uri)) return notification;
  return { ...notification, endpoint: { ...notification.endpoint, uri } };
}

/** [LD 5.5.4] */
function isNull(value: JsonValue | undefined): boolean {
  return value === null || value === 'urn:ngsi-ld:null';
}

/** [LD 5.2.14] */
function parseNotification(value: JsonValue, what: string): NotificationDocument {
  const notification = members(object(value, what), what, notificationChecks, ownNotificationMembers);
  if (notification.endpoint === undefined) throw invalidRequest('notification has no endpoint');
  return notification as unknown as NotificationDocument;
}

function parseContextUrl(value: JsonValue, what: string): string {
  const url = text(value, what);
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
  throw invalidRequest(`${what} must be the URL of a context`);
}

/** [LD 4.3.6.8] */
function parseConformance(value: JsonValue, what: string): string {
  const version = text(value, what);
  if (/^[0-9]{1,3}\.[0-9]{1,3}$/.test(version)) return version;
  throw invalidRequest(`${what} must be a version such as 1.9`);
}
