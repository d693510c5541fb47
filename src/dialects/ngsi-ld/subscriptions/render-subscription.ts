import type { EpochMs } from '../../../core/entity/entity.ts';
import type { JsonObject } from '../../../core/json.ts';
import { isExpired } from '../../../core/subscription/match-subscriptions.ts';
import type { StoredSubscription, SubscriptionState } from '../../../core/subscription/subscription.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { renderDateTime } from '../date-time.ts';
import { recordedVocabulary, translateTerms } from './recorded-names.ts';
import type { EndpointDocument, Names, NotificationDocument, SubscriptionDocument } from './subscription-document.ts';
import { contextUrlOf } from './subscription-terms.ts';

/** For whom a subscription is rendered. */
export interface SubscriptionView {
  readonly vocabulary: LdVocabulary;
  readonly sysAttrs: boolean;
  readonly now: EpochMs;
  /** JSON text of the context, where the answer carries it. */
  readonly context?: string;
}

/** The JSON text of a subscription in the terms of its reader, with what became of it; passwords are masked. [LD 5.2.12] [LD 5.8.3] */
export function renderSubscription(subscription: StoredSubscription, view: SubscriptionView): string {
  const { id, state, createdAt, modifiedAt } = subscription;
  const { vocabulary, sysAttrs, context } = view;
  const document = subscription.document as SubscriptionDocument;
  const {
    names = {},
    context: _,
    contextUrl: __,
    entities,
    watchedAttributes,
    q,
    csf,
    geoQ,
    notification,
    ...rest
  } = document;
  const shown = JSON.stringify({
    id,
    type: 'Subscription',
    ...rest,
    entities: entities?.map((selector) => shownSelector(selector, names.entities ?? {}, vocabulary)),
    watchedAttributes: watchedAttributes && shownNames(watchedAttributes, names.watchedAttributes ?? {}, vocabulary),
    q: q && translateTerms(q, names.q ?? {}, vocabulary),
    csf: csf && translateTerms(csf, names.csf ?? {}, vocabulary),
    geoQ: geoQ && shownGeoQuery(geoQ, names.geoQ ?? {}, vocabulary),
    isActive: state.status !== 'inactive',
    status: shownStatus(subscription, view.now),
    notification: shownNotification(notification, state, names.notification ?? {}, vocabulary),
    jsonldContext: contextUrlOf(document),
    ...(sysAttrs && { createdAt: renderDateTime(createdAt), modifiedAt: renderDateTime(modifiedAt) }),
  });
  return context === undefined ? shown : `${shown.slice(0, -1)},"@context":${context}}`;
}

/** Once its time is up a subscription is `expired`, whatever else it is. [LD 5.8.1] */
export function shownStatus({ document, state }: StoredSubscription, now: EpochMs): 'active' | 'paused' | 'expired' {
  const { expiresAt } = document as SubscriptionDocument;
  if (expiresAt !== undefined && isExpired({ expiresAt: Date.parse(expiresAt) }, now)) return 'expired';
  return state.status === 'inactive' ? 'paused' : 'active';
}

function shownSelector({ type, ...rest }: JsonObject, names: Names, vocabulary: LdVocabulary): JsonObject {
  return { ...rest, ...(typeof type === 'string' && { type: translateTerms(type, names, vocabulary) }) };
}

function shownGeoQuery({ geoproperty, ...rest }: JsonObject, names: Names, vocabulary: LdVocabulary): JsonObject {
  const [name] = typeof geoproperty === 'string' ? shownNames([geoproperty], names, vocabulary) : [];
  return { ...rest, ...(name !== undefined && { geoproperty: name }) };
}

function shownNames(names: readonly string[], recorded: Names, { compact }: LdVocabulary): readonly string[] {
  const { expand } = recordedVocabulary(recorded);
  return names.map((name) => compact(expand(name)));
}

function shownNotification(
  { attributes, pick, omit, endpoint, ...rest }: NotificationDocument,
  { timesSent, timesFailed, failsCounter, lastNotification, lastSuccess, lastFailure }: SubscriptionState,
  names: Names,
  vocabulary: LdVocabulary,
): object {
  const translated = (items: readonly string[] | undefined) =>
    items?.map((item) => translateTerms(item, names, vocabulary));
  return {
    attributes: attributes && shownNames(attributes, names, vocabulary),
    pick: translated(pick),
    omit: translated(omit),
    ...rest,
    endpoint: shownEndpoint(endpoint),
    status: timesSent === 0 ? undefined : failsCounter > 0 ? 'failed' : 'ok',
    timesSent: timesSent === 0 ? undefined : timesSent,
    timesFailed,
    lastNotification: shownInstant(lastNotification),
    lastSuccess: shownInstant(lastSuccess),
    lastFailure: shownInstant(lastFailure),
  };
}

function shownEndpoint(endpoint: EndpointDocument): EndpointDocument {
  return { ...endpoint, uri: maskedUri(endpoint.uri) };
}

/** A URI without the password in it. */
export function maskedUri(uri: string): string {
  return uri.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#:]*):[^/?#]*@/i, '$1:*****@');
}

function shownInstant(instant: EpochMs | undefined): string | undefined {
  return instant === undefined ? undefined : renderDateTime(instant);
}
