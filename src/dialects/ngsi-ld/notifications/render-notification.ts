import type { Entity } from '../../../core/entity/entity.ts';
import { decodedEntity } from '../../../core/entity/recent-forms.ts';
import type { JsonValue } from '../../../core/json.ts';
import type { OpenFilter } from '../../../core/query/linked-filter.ts';
import type { TenantName } from '../../../core/scope.ts';
import type { Delivery } from '../../../core/subscription/delivery.ts';
import { headerValue } from '../../../core/subscription/header-fields.ts';
import type { EntitiesPage, NotificationFacts } from '../../../core/subscription/notification-facts.ts';
import type { Needless, OutgoingNotification, Unsendable } from '../../../core/subscription/outgoing-notification.ts';
import type { Subscription } from '../../../core/subscription/subscription.ts';
import { renderContextLink } from '../context/context-link.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { renderContextMember } from '../context/core-context.ts';
import { renderDateTime } from '../date-time.ts';
import type { EntityView, Join } from '../query/entity-view.ts';
import { type EntityRendering, renderEntity } from '../render/render-entity.ts';
import { renderFeature, renderFeatureCollection } from '../render/render-geojson.ts';
import { renderJoined } from '../render/render-linked.ts';
import type { Presentation } from '../subscriptions/subscription-terms.ts';
import { type ToldChange, toldChange } from './told-change.ts';

/** What a notification may need beyond what the outbox keeps. All of it may reject. */
export interface NotificationSources {
  vocabularyOf(tenant: TenantName, context: JsonValue | undefined): LdVocabulary | Promise<LdVocabulary>;
  /** By id, what the entities link to. */
  linked(tenant: TenantName, entities: readonly Entity[], join: Join): Promise<ReadonlyMap<string, Entity>>;
  /** Whether a filter that follows relationships holds for the entity. */
  holds(tenant: TenantName, filter: OpenFilter, entity: Entity): Promise<boolean>;
  /** A page of what the subscription covers, its `linkedFilter` apart, as it is now. */
  covered(tenant: TenantName, subscription: Subscription, page: EntitiesPage): Promise<readonly Entity[]>;
}

/** What tells a notification from others, and who sends it. */
export interface NotificationEnvelope {
  readonly id: string;
  readonly userAgent: string;
}

type Rendered = OutgoingNotification | Needless | Unsendable;

/**
 * A notification as it is sent. The same for the same arguments, but for linked entities and those of an interval, which are shown as they
 * are by now, as are those that a filter follows relationships to: where it does not hold, the notification is needless. At once where the context is at hand and nothing else has to be looked for. [LD 5.8.6] [LD 5.3.1]
 */
export function renderNotification(
  subscription: Subscription,
  facts: NotificationFacts,
  envelope: NotificationEnvelope,
  sources: NotificationSources,
): Rendered | Promise<Rendered> {
  const presentation = subscription.notification.presentation as Presentation;
  const vocabulary = sources.vocabularyOf(facts.origin.tenant, presentation.context);
  const parts = { subscription, presentation, facts, envelope };
  const { view: shown, linkedFilter } = presentation;
  const looksFurther = facts.page !== undefined || shown.join !== undefined || linkedFilter !== undefined;
  if (vocabulary instanceof Promise || looksFurther) {
    return renderWith(vocabulary, facts.page, parts, sources);
  }
  const view = { ...shown, vocabulary };
  const { entity, rendering } = toldChange(facts, view, presentation.showChanges);
  return message([renderOne(entity, rendering, presentation)], parts);
}

interface Parts {
  readonly subscription: Subscription;
  readonly presentation: Presentation;
  readonly facts: NotificationFacts;
  readonly envelope: NotificationEnvelope;
}

async function renderWith(
  coming: LdVocabulary | Promise<LdVocabulary>,
  page: EntitiesPage | undefined,
  parts: Parts,
  sources: NotificationSources,
): Promise<Rendered> {
  const { subscription, presentation, facts } = parts;
  const { tenant } = facts.origin;
  const view: EntityView = { ...presentation.view, vocabulary: await coming };
  const candidates: readonly ToldChange[] =
    page === undefined
      ? [toldChange(facts, view, presentation.showChanges)]
      : (await sources.covered(tenant, subscription, page)).map((entity) => ({ entity, rendering: { view } }));
  const told = await matching(candidates, parts, sources);
  const [first] = told;
  if (first === undefined) return { kind: 'needless' };
  const { join } = view;
  if (join === undefined) {
    return message(
      told.map(({ entity, rendering }) => renderOne(entity, rendering, presentation)),
      parts,
    );
  }
  const entities = told.map(({ entity }) => entity);
  const renderings = new Map(told.map(({ entity, rendering }) => [entity, rendering]));
  const graph = await sources.linked(tenant, entities, join);
  const texts = renderJoined(entities, graph, { view }, join, (entity, rendering) =>
    renderOne(entity, { ...rendering, ...renderings.get(entity) }, presentation),
  );
  return message(texts, parts);
}

/** Those for which what the filter says of linked entities holds. Of a deletion what is told has lost its links: the fact has them. */
async function matching(
  told: readonly ToldChange[],
  { presentation, facts }: Parts,
  sources: NotificationSources,
): Promise<readonly ToldChange[]> {
  const { linkedFilter } = presentation;
  if (linkedFilter === undefined) return told;
  const held: ToldChange[] = [];
  for (const one of told) {
    const entity = facts.page === undefined ? decodedEntity(facts.entity) : one.entity;
    if (await sources.holds(facts.origin.tenant, linkedFilter, entity)) held.push(one);
  }
  return held;
}

/** An entity of the payload: those of JSON-LD carry the context. */
function renderOne(entity: Entity, rendering: EntityRendering, { accept, context }: Presentation): string {
  switch (accept) {
    case 'application/json':
      return renderEntity(entity, rendering);
    case 'application/ld+json':
      return renderEntity(entity, { ...rendering, context: renderContextMember(context) });
    case 'application/geo+json':
      return renderFeature(entity, { ...rendering, geometryProperty: 'location' });
  }
}

function message(entities: readonly string[], parts: Parts): Rendered {
  const { delivery } = parts.subscription.notification;
  const body = renderBody(entities, parts);
  const information = informationOf(parts);
  switch (delivery.kind) {
    case 'http':
      return renderHttp(delivery, body, information);
    case 'mqtt': {
      const { kind, target, topic, qos, retain, credentials, version } = delivery;
      const metadata = JSON.stringify(Object.fromEntries(information));
      return {
        kind,
        id: parts.envelope.id,
        target,
        topic,
        qos,
        retain,
        ...(credentials !== undefined && { credentials }),
        ...(version !== undefined && { version }),
        body: `{"metadata":${metadata},"body":${body}}`,
      };
    }
    case 'stream':
      return { kind: delivery.kind, body };
  }
}

function renderHttp(
  { target, timeoutMs }: Extract<Delivery, { kind: 'http' }>,
  body: string,
  information: ReadonlyMap<string, string>,
): Rendered {
  if (target.kind !== 'url') return { kind: 'unsendable', reason: 'NGSI-LD sends to URIs alone' };
  const byName = new Map<string, readonly [name: string, value: string]>();
  for (const [name, value] of information) byName.set(name.toLowerCase(), [name, headerValue(value)]);
  return {
    kind: 'http',
    target,
    method: 'POST',
    headers: new Map(byName.values()),
    body,
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

/** [LD 5.3.1] */
function renderBody(entities: readonly string[], { subscription, presentation, facts, envelope }: Parts): string {
  const { accept, context } = presentation;
  const list = `[${entities.join(',')}]`;
  const member = renderContextMember(context);
  const data =
    accept === 'application/geo+json'
      ? renderFeatureCollection(list, prefersPlainBody(presentation) ? undefined : member)
      : list;
  const own = {
    id: notificationUri(envelope.id),
    type: 'Notification',
    subscriptionId: subscription.id,
    notifiedAt: renderDateTime(facts.changedAt),
  };
  const end = accept === 'application/ld+json' ? `,"@context":${member}` : '';
  return `${JSON.stringify(own).slice(0, -1)},"data":${data}${end}}`;
}

/** Ids of subscriptions are URIs themselves, made by this broker or by a client. */
function notificationUri(id: string): string {
  return `urn:ngsi-ld:Notification:${id.replace(/^urn:ngsi-ld:Subscription:/, '')}`;
}

/** What goes with a notification: headers of HTTP, metadata of MQTT. [LD 6.3.8] [LD 7.2] */
function informationOf({ subscription, presentation, facts, envelope }: Parts): ReadonlyMap<string, string> {
  const { accept, contextUrl, receiverInfo } = presentation;
  const { tenant, correlator } = facts.origin;
  const isHttp = subscription.notification.delivery.kind === 'http';
  const information = new Map<string, string>();
  information.set('Content-Type', accept);
  if (accept === 'application/json' || (accept === 'application/geo+json' && prefersPlainBody(presentation))) {
    information.set('Link', renderContextLink(contextUrl));
  }
  if (tenant !== '') information.set('NGSILD-Tenant', tenant);
  if (isHttp) information.set('User-Agent', envelope.userAgent);
  information.set('Fiware-Correlator', correlator);
  information.set('Oriel-Notification-Id', envelope.id);
  const fixed = new Set(['Content-Type', 'Link']);
  for (const { key, value } of receiverInfo) if (!fixed.has(key)) information.set(key, value);
  return information;
}

/** Of GeoJSON: the context in the `Link` header. [LD 5.3.1] */
function prefersPlainBody({ receiverInfo }: Presentation): boolean {
  return receiverInfo.some(
    ({ key, value }) => key.toLowerCase() === 'prefer' && /^\s*body\s*=\s*"?json"?\s*$/i.test(value),
  );
}
