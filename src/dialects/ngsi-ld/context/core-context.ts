import type { JsonObject, JsonValue } from '../../../core/json.ts';

const root = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context';

/** Where the core context of this release's version of NGSI-LD is published: what answers name. [LD 4.4] */
export const coreContextUrl = `${root}-v1.9.jsonld`;

/**
 * Tells whether the URL is that of the core context, in any of its versions. The core context has precedence over everything a
 * client names, whichever version that is, and later versions only add terms: so one stands for all of them. [LD 5.5.7]
 */
export function isCoreContextUrl(url: string): boolean {
  return coreContextUrls.has(url.replace(/^http:/, 'https:'));
}

/** A context as a member of JSON-LD, as JSON text: the core context comes last. `user`: what a client gave beside it. [LD 4.4] [LD 6.3.6] */
export function renderContextMember(user: JsonValue | undefined): string {
  if (user === undefined) return JSON.stringify(coreContextUrl);
  return JSON.stringify([...(Array.isArray(user) ? user : [user]), coreContextUrl]);
}

/** From V1.3 on, and without a version: that of V1.1, which `uri.etsi.org` keeps up to date. */
export const coreContextUrls: ReadonlySet<string> = new Set([
  `${root}.jsonld`,
  ...[3, 4, 5, 6, 7, 8, 9].map((version) => `${root}-v1.${version}.jsonld`),
]);

/** The vocabulary of the terms that no context defines. [LD 4.4] */
export const defaultVocabulary = 'https://uri.etsi.org/ngsi-ld/default-context/';

/** Terms that stand for themselves in the vocabulary of NGSI-LD. */
const plainTerms = `
  Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration Date DateTime
  EntityMap EntityType EntityTypeInfo EntityTypeList ExecutionResultDetails GeoProperty JsonProperty
  LanguageProperty ListProperty ListRelationship Notification Property Relationship Snapshot SnapshotNotification
  Subscription TemporalProperty Time VocabProperty accept aggrParams aggrMethods aggrPeriodDuration attributeCount
  attributeDetails attrs cacheDuration collation contextSourceAlias contextSourceInfo contextSourceUptime cooldown
  csf data detail endpoint entities entity entityCount error errors expandValues format geoQ geoproperty georel
  idPattern information isActive join jsonKeys jsonldContext lang lastN linkedMaps localOnly location management
  managementInterval mode ngsildConformance notification notificationTrigger notifierInfo notUpdated
  observationInterval observationSpace omit operations operationSpace ordering pick q reason receiverInfo
  refreshRate registrationId registrationName resultStatus scope scopeQ showChanges snapshotId snapshotLifetime
  snapshotPriority snapshotStatus status subscriptionName sysAttrs temporalQ throttling timeInterval timeout
  timeproperty timerel timesFailed timesSent triggerReason unchanged unitCode updated uri
`;

/** Those whose values are of a type, or in a container. */
const typedTerms: Readonly<Record<string, string>> = {
  '@vocab':
    'attributeList attributeName attributeNames attributeTypes attributes propertyNames relationshipNames typeList typeName typeNames watchedAttributes',
  DateTime:
    'contextSourceTimeAt createdAt deletedAt endAt endTimeAt expiresAt lastFailure lastNotification lastSuccess lastUsedAt modifiedAt notifiedAt observedAt startAt timeAt',
  '@id': 'datasetId entityId instanceId subscriptionId success tenant',
  '@json': 'contextSourceExtras problemDetails',
};
const listTerms =
  'avg distinctCount entityList jsons max min orderBy snapshotQueries snapshotQueriesDetails snapshotTemporalQueries snapshotTemporalQueriesDetails stddev sum sumsq totalCount';

/** Those whose IRI says `has` before them. */
const hasTerms: Readonly<Record<string, JsonObject>> = {
  ...eachTerm('value previousValue key joinLevel entityMapLifetime splitEntities', {}),
  ...eachTerm('valueList objectList previousValueList previousObjectList', { '@container': '@list' }),
  ...eachTerm('values objects vocabs valueLists objectLists languageMaps', { '@container': '@list' }),
  ...eachTerm('object previousObject', { '@type': '@id' }),
  ...eachTerm('vocab previousVocab valueType objectType', { '@type': '@vocab' }),
  ...eachTerm('languageMap previousLanguageMap', { '@container': '@language' }),
  ...eachTerm('dataset entityMap', { '@container': '@index' }),
  ...eachTerm('previousJson', { '@type': '@json' }),
};

const geoJsonTerms =
  'Feature FeatureCollection GeometryCollection LineString MultiLineString MultiPoint MultiPolygon Point Polygon geometry properties';

/** The core context of V1.9. [LD annex B] */
export const coreContext: JsonObject = {
  '@version': 1.1,
  '@protected': true,
  'ngsi-ld': 'https://uri.etsi.org/ngsi-ld/',
  geojson: 'https://purl.org/geojson/vocab#',
  id: '@id',
  type: '@type',
  ...termsIn(plainTerms, (term) => `ngsi-ld:${term}`),
  ...Object.assign(
    {},
    ...Object.entries(typedTerms).map(([type, terms]) =>
      termsIn(terms, (term) => ({ '@id': `ngsi-ld:${term}`, '@type': type })),
    ),
  ),
  ...termsIn(listTerms, (term) => ({ '@id': `ngsi-ld:${term}`, '@container': '@list' })),
  ...Object.fromEntries(Object.entries(hasTerms).map(([term, more]) => [term, hasTerm(term, more)])),
  json: { '@id': 'ngsi-ld:hasJSON', '@type': '@json' },
  containedBy: 'ngsi-ld:isContainedBy',
  description: 'http://purl.org/dc/terms/description',
  title: 'http://purl.org/dc/terms/title',
  langString: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString',
  ...termsIn(geoJsonTerms, (term) => `geojson:${term}`),
  bbox: { '@id': 'geojson:bbox', '@container': '@list' },
  coordinates: { '@id': 'geojson:coordinates', '@container': '@list' },
  features: { '@id': 'geojson:features', '@container': '@set' },
  ngsildproof: {
    '@id': 'ngsi-ld:ngsildproof',
    '@context': [
      {
        entityIdSealed: 'ngsi-ld:entityIdSealed',
        entityTypeSealed: { '@id': 'ngsi-ld:entityTypeSealed', '@type': '@vocab' },
      },
      'https://w3id.org/security/data-integrity/v2',
    ],
  },
  '@vocab': defaultVocabulary,
};

function termsIn(text: string, define: (term: string) => JsonValue): JsonObject {
  return Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .map((term) => [term, define(term)]),
  );
}

function eachTerm(text: string, more: JsonObject): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(text.split(' ').map((term) => [term, more]));
}

function hasTerm(term: string, more: JsonObject): JsonValue {
  const iri = `ngsi-ld:has${term.charAt(0).toUpperCase()}${term.slice(1)}`;
  return Object.keys(more).length === 0 ? iri : { '@id': iri, ...more };
}
