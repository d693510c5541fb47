import { invalidRequest } from '../../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../../core/json.ts';
import { allOfFilters, linkDepth, type OpenFilter, withoutLinks } from '../../../core/query/linked-filter.ts';
import type { Delivery } from '../../../core/subscription/delivery.ts';
import type { NotificationTerms, SubscriptionTerms } from '../../../core/subscription/subscription.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { coreContextUrl } from '../context/core-context.ts';
import { parseDateTime } from '../date-time.ts';
import { parseAttributeName } from '../names.ts';
import { olderVersion } from '../older-versions.ts';
import { parseFilterText, type QueryLimits } from '../query/entities-request.ts';
import { type EntityView, mostLevels, parseView } from '../query/entity-view.ts';
import { parseGeoQuery } from '../query/geo-query.ts';
import { readSelectors } from '../query/query-document.ts';
import { parseScopeQuery } from '../query/scope-query.ts';
import { text } from './json-members.ts';
import { isMqttUri, mqttAddress } from './parse-endpoint.ts';
import { recordedVocabulary } from './recorded-names.ts';
import type {
  AcceptedType,
  EndpointDocument,
  KeyValuePair,
  NotificationDocument,
  SubscriptionDocument,
  Trigger,
} from './subscription-document.ts';

/** Members with terms of a context in them. */
export const namedMembers = ['entities', 'watchedAttributes', 'q', 'geoQ', 'csf', 'notification'] as const;

export type NamedMember = (typeof namedMembers)[number];

/** How the notifications of a subscription look. */
export interface Presentation {
  /** Without the vocabulary: that of the context, which is had when it is needed. */
  readonly view: Omit<EntityView, 'vocabulary'>;
  readonly context: JsonValue | undefined;
  /** Where it is found. */
  readonly contextUrl: string;
  readonly accept: AcceptedType;
  readonly showChanges: boolean;
  readonly receiverInfo: readonly KeyValuePair[];
  /** The filter of the subscription, where it follows relationships: what is linked to is looked at when a notification is made. [LD 4.9] */
  readonly linkedFilter?: OpenFilter;
}

/** What a document means. Refuses what does not go together, and filters that are none. [LD 5.2.12] */
export function readTerms(
  document: SubscriptionDocument,
  vocabularyOf: (member: NamedMember) => LdVocabulary,
  limits: QueryLimits,
): SubscriptionTerms {
  checkTogether(document);
  const { description, entities = [], watchedAttributes = [], timeInterval, throttling, expiresAt } = document;
  const selection = readSelectors(entities, vocabularyOf('entities'));
  const filter = readFilter(document, selection.filter, vocabularyOf, limits);
  const watches = vocabularyOf('watchedAttributes');
  return {
    ...(description !== undefined && { description }),
    selectors: selection.selectors,
    watched: [...new Set(watchedAttributes.map((name) => parseAttributeName(name, watches)))],
    ...(timeInterval === undefined
      ? readTriggers(document.notificationTrigger)
      : { alterations: [], timeIntervalMs: timeInterval * 1000 }),
    notifyOnMetadataChange: true,
    ...(filter !== undefined && { filter: withoutLinks(filter) }),
    notification: readNotification(document, vocabularyOf('notification'), filter),
    ...(throttling !== undefined && { throttling: { periodMs: throttling * 1000, mode: 'drop' } }),
    ...(expiresAt !== undefined && { expiresAt: parseDateTime(expiresAt, 'expiresAt') }),
  };
}

/** As `readTerms`, for a document that was stored: it was accepted under the limits of its time. */
export function restoreTerms(document: SubscriptionDocument): SubscriptionTerms {
  const names = document.names ?? {};
  return readTerms(document, (member) => recordedVocabulary(names[member] ?? {}), {
    filterLength: Number.POSITIVE_INFINITY,
  });
}

function checkTogether(document: SubscriptionDocument): void {
  const { entities, watchedAttributes, timeInterval, throttling, localOnly, notificationTrigger, notification } =
    document;
  if (timeInterval !== undefined) {
    const other = Object.entries({ watchedAttributes, throttling, notificationTrigger }).find(
      ([, value]) => value !== undefined,
    );
    if (other !== undefined) throw invalidRequest(`${other[0]} and timeInterval exclude each other`);
    if (notification.showChanges) throw invalidRequest('showChanges and timeInterval exclude each other');
  }
  if (entities === undefined && localOnly !== true) {
    if (timeInterval !== undefined) throw invalidRequest('a Subscription with timeInterval has entities, or localOnly');
    if (watchedAttributes === undefined) {
      throw invalidRequest('a Subscription has entities or watchedAttributes, or localOnly');
    }
  }
  for (const { type } of entities ?? []) {
    if (type === undefined) throw invalidRequest('a selector of entities has a type; "*" for any');
    if (type === '*' && localOnly === false) throw invalidRequest('type "*" is local; localOnly false contradicts it');
  }
}

/** What wakes it. An entity that comes brings its attributes. [LD 5.2.12] */
function readTriggers(
  triggers: readonly Trigger[] = ['attributeCreated', 'attributeUpdated'],
): Pick<SubscriptionTerms, 'alterations' | 'attributeActions'> {
  const has = (...some: readonly Trigger[]) => some.some((trigger) => triggers.includes(trigger));
  const attributeActions = [
    ...(has('attributeCreated', 'entityUpdated') ? (['append'] as const) : []),
    ...(has('attributeUpdated', 'entityUpdated') ? (['update'] as const) : []),
    ...(has('attributeDeleted', 'entityUpdated') ? (['delete'] as const) : []),
  ];
  return {
    alterations: [
      ...(has('entityCreated', 'attributeCreated', 'entityUpdated') ? (['entityCreate'] as const) : []),
      ...(attributeActions.length > 0 ? (['entityChange'] as const) : []),
      ...(has('entityDeleted') ? (['entityDelete'] as const) : []),
    ],
    attributeActions,
  };
}

/** The filter of `csf` is about context sources, of which there are none: it is only checked. [LD 4.9] [LD 4.10] [LD 4.19] */
function readFilter(
  { q, csf, geoQ, scopeQ, expandValues, jsonKeys }: SubscriptionDocument,
  ofEntities: OpenFilter | undefined,
  vocabularyOf: (member: NamedMember) => LdVocabulary,
  limits: QueryLimits,
): OpenFilter | undefined {
  const filters: OpenFilter[] = ofEntities === undefined ? [] : [ofEntities];
  const parameters = new Map(
    Object.entries({ expandValues, jsonKeys }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  if (q !== undefined) filters.push(parseFilterText('q', q, parameters, vocabularyOf('q'), limits));
  if (csf !== undefined) parseFilterText('csf', csf, parameters, vocabularyOf('csf'), limits);
  const geo = geoQ === undefined ? undefined : readGeoQuery(geoQ, vocabularyOf('geoQ'));
  if (geo !== undefined) filters.push(geo);
  if (scopeQ !== undefined) filters.push(parseScopeQuery(scopeQ));
  const filter = allOfFilters(filters);
  if (filter !== undefined && linkDepth(filter) > mostLevels) {
    throw invalidRequest(`q follows more than ${mostLevels} relationships in a row`);
  }
  return filter;
}

const geoMembers: readonly string[] = ['geometry', 'coordinates', 'georel', 'geoproperty'];

/** [LD 5.2.13] */
function readGeoQuery(geoQ: JsonObject, vocabulary: LdVocabulary) {
  for (const member of Object.keys(geoQ)) {
    if (!geoMembers.includes(member)) throw invalidRequest(`geoQ has no member ${JSON.stringify(member)}`);
  }
  const textOf = (member: string) => (geoQ[member] === undefined ? undefined : text(geoQ[member], `${member} of geoQ`));
  const { coordinates } = geoQ;
  return parseGeoQuery(
    {
      georel: textOf('georel'),
      geometry: textOf('geometry'),
      coordinates: typeof coordinates === 'string' ? parseCoordinates(coordinates) : coordinates,
      geoproperty: textOf('geoproperty'),
    },
    vocabulary,
  );
}

function parseCoordinates(written: string): JsonValue {
  try {
    return JSON.parse(written) as JsonValue;
  } catch {
    throw invalidRequest('coordinates of geoQ must be a JSON array of coordinates');
  }
}

/** [LD 5.2.14] */
function readNotification(
  document: SubscriptionDocument,
  vocabulary: LdVocabulary,
  filter: OpenFilter | undefined,
): NotificationTerms {
  const { notification, context } = document;
  const contextUrl = contextUrlOf(document);
  const { showChanges = false, endpoint } = notification;
  const { accept = 'application/json', receiverInfo = [], cooldown } = endpoint;
  const { vocabulary: _, ...view } = readView(document, vocabulary);
  if (showChanges && view.representation === 'simplified') {
    throw invalidRequest('showChanges and the format simplified (keyValues) exclude each other');
  }
  const presentation: Presentation = {
    view,
    context,
    contextUrl,
    accept,
    showChanges,
    receiverInfo,
    ...(filter !== undefined && linkDepth(filter) > 0 && { linkedFilter: filter }),
  };
  return {
    attributes: { kind: 'all' },
    onlyChanged: false,
    metadata: [],
    format: 'normalized',
    delivery: readDelivery(endpoint),
    expectsSuccess: true,
    ...(cooldown !== undefined && { cooldownMs: cooldown }),
    presentation,
  };
}

/** Where the context of notifications is found. [LD 5.8.1.4] */
export function contextUrlOf({ context, contextUrl }: SubscriptionDocument): string {
  return contextUrl ?? (typeof context === 'string' ? context : coreContextUrl);
}

/** What is shown of entities: as the parameters of the same names say it in queries. */
function readView(document: SubscriptionDocument, vocabulary: LdVocabulary): EntityView {
  const { notification, lang, datasetId, ngsildConformance } = document;
  const { attributes, pick, omit, format, sysAttrs, join, joinLevel } = notification as NotificationDocument;
  for (const name of attributes ?? []) parseAttributeName(name, vocabulary);
  const parameters = new Map<string, string>();
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined) parameters.set(name, value);
  };
  set('attrs', attributes?.join(','));
  set('pick', pick?.join(','));
  set('omit', omit?.join(','));
  set('format', format);
  set('options', sysAttrs ? 'sysAttrs' : undefined);
  set('lang', lang);
  set('datasetId', datasetId?.join(','));
  set('join', join);
  set('joinLevel', joinLevel?.toString());
  const version = olderVersion(ngsildConformance);
  return { ...parseView(parameters, vocabulary), ...(version !== undefined && { version }) };
}

/** [LD 6.3.8] [LD 7.2] */
function readDelivery({ uri, timeout, notifierInfo = [] }: EndpointDocument): Delivery {
  const address = isMqttUri(uri) ? mqttAddress(uri) : undefined;
  if (address === undefined) {
    return {
      kind: 'http',
      target: { kind: 'url', url: uri },
      ...(timeout !== undefined && { timeoutMs: timeout }),
    };
  }
  const { url, topic, user, password } = address;
  const parameters = new Map(notifierInfo.map(({ key, value }) => [key, value]));
  const qos = Number(parameters.get('MQTT-QoS') ?? 0);
  return {
    kind: 'mqtt',
    target: { kind: 'url', url },
    topic,
    qos: qos === 1 || qos === 2 ? qos : 0,
    retain: false,
    version: parameters.get('MQTT-Version') === 'mqtt3.1.1' ? 4 : 5,
    ...((user !== '' || password !== '') && { credentials: { user, password } }),
  };
}
