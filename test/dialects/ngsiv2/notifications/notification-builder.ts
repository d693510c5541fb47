import { apply, createEntity } from '../../../../src/core/change/apply.ts';
import type { EntityChange } from '../../../../src/core/change/entity-change.ts';
import type { Mutation } from '../../../../src/core/change/mutation.ts';
import type { Entity } from '../../../../src/core/entity/entity.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts';
import type { TenantName } from '../../../../src/core/scope.ts';
import type { ChangeOrigin } from '../../../../src/core/subscription/change-origin.ts';
import { changeFacts, type NotificationFacts } from '../../../../src/core/subscription/notification-facts.ts';
import type {
  OutgoingHttp,
  OutgoingMqtt,
  OutgoingNotification,
  Unsendable,
} from '../../../../src/core/subscription/outgoing-notification.ts';
import type { Alteration, Subscription } from '../../../../src/core/subscription/subscription.ts';
import { renderNotification } from '../../../../src/dialects/ngsiv2/notifications/render-notification.ts';
import { parseSubscription } from '../../../../src/dialects/ngsiv2/subscriptions/parse-subscription.ts';
import { anEntity, aProperty, noon } from '../../../support/entity-builder.ts';
import { aWrite, plainly } from '../../../support/write-builder.ts';
import { aPayload, rules } from '../subscriptions/subscription-payload.ts';

export const subscriptionId = '697df1c0a8b3d2e4f5061728';

/** The room that most notifications tell of: as it is before the change. */
export const room: Entity = anEntity({
  id: 'Room1',
  type: 'Room',
  scope: '/Madrid',
  values: { temperature: 21, name: 'Aula' },
  attributes: { pressure: aProperty(720, { metadata: { unit: 'mmHg' } }) },
  correlator: 'c0ffee',
});

/** When the change happens. */
export const later = noon + 60_000;

export const origin: ChangeOrigin = { tenant: 'city' as TenantName, correlator: 'c0ffee' };

/** A subscription by its `notification`, read as a client's. */
export function aSubscription(notification: JsonObject, condition?: JsonObject): Subscription {
  const subject = condition === undefined ? {} : { subject: { entities: [{ idPattern: '.*' }], condition } };
  const { terms } = parseSubscription(aPayload({ ...subject, notification }), rules);
  return { ...terms, id: subscriptionId, dialect: 'ngsiv2', scopes: [], status: 'active' };
}

export interface FactsSpec {
  readonly alteration?: Alteration;
  readonly origin?: Partial<ChangeOrigin>;
}

/** The facts of writes to the room: `factsOf({ temperature: 23 })`. */
export function factsOf(values: Readonly<Record<string, JsonValue>>, spec: FactsSpec = {}): NotificationFacts {
  const writes = Object.entries(values).map(([name, value]) => aWrite(name, value));
  return factsOfMutation(room, { kind: 'append', writes, strict: false, ...plainly }, spec);
}

export function factsOfMutation(entity: Entity, mutation: Mutation, spec: FactsSpec = {}): NotificationFacts {
  const { change } = apply(entity, mutation, later, 'c0ffee');
  if (change === undefined) throw new Error('nothing was written');
  return factsOfChange(change, { alteration: 'entityChange', ...spec });
}

export function factsOfCreation(id: string, values: Readonly<Record<string, JsonValue>>): NotificationFacts {
  const writes = Object.entries(values).map(([name, value]) => aWrite(name, value));
  const { change } = createEntity({ id, types: ['Room'], writes }, '/', later, 'c0ffee');
  return factsOfChange(change, { alteration: 'entityCreate' });
}

export function factsOfChange(change: EntityChange, { alteration, origin: from }: FactsSpec): NotificationFacts {
  const facts = changeFacts(change, { ...origin, ...from }, later);
  return { ...facts, alteration: alteration ?? 'entityChange' };
}

export const envelope = { id: 'n-1', ordinal: 1, userAgent: 'oriel/1.0.0', hostAlias: 'here' } as const;

export function rendered(subscription: Subscription, facts: NotificationFacts): OutgoingNotification | Unsendable {
  return renderNotification(subscription, facts, envelope);
}

/** An HTTP notification with its headers as an object. */
export type ReadableHttp = Omit<OutgoingHttp, 'headers'> & { readonly headers: Readonly<Record<string, string>> };

export function renderedHttp(notification: JsonObject, facts: NotificationFacts): ReadableHttp {
  const outgoing = rendered(aSubscription(notification), facts);
  if (outgoing.kind !== 'http') throw new Error(JSON.stringify(outgoing));
  return { ...outgoing, headers: Object.fromEntries(outgoing.headers) };
}

export function renderedMqtt(notification: JsonObject, facts: NotificationFacts): OutgoingMqtt {
  const outgoing = rendered(aSubscription(notification), facts);
  if (outgoing.kind !== 'mqtt') throw new Error(JSON.stringify(outgoing));
  return outgoing;
}

/** The body as JSON. */
export function bodyOf(notification: JsonObject, facts: NotificationFacts): JsonValue {
  return JSON.parse(renderedHttp(notification, facts).body ?? 'null') as JsonValue;
}

/** What the usual body has in `data`. */
export function entityIn(notification: JsonObject, facts: NotificationFacts): JsonValue {
  const { data } = bodyOf({ http, ...notification }, facts) as { data: JsonValue[] };
  return data[0] ?? null;
}

export const http = { url: 'http://receiver:1028/notify' } as const;
