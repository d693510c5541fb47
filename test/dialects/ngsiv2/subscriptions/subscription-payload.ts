import type { JsonObject } from '../../../../src/core/json.ts';
import type { StoredSubscription } from '../../../../src/core/subscription/subscription.ts';
import type { SubscriptionDocument } from '../../../../src/dialects/ngsiv2/subscriptions/subscription-document.ts';
import type { SubscriptionRules } from '../../../../src/dialects/ngsiv2/subscriptions/subscription-rules.ts';
import { compatibleText } from '../../../../src/dialects/ngsiv2/text-rules.ts';
import { noon } from '../../../support/entity-builder.ts';

/** Two endpoints, and conditions that always hold. */
export const rules: SubscriptionRules = {
  text: compatibleText,
  filterLength: 100,
  hasEndpoint: (protocol, name) => name === (protocol === 'http' ? 'warehouse' : 'plant'),
  compileCondition: (source) => ({ source, test: () => true }),
};

export const http = { url: 'http://receiver:1028/notify' } as const;
export const mqtt = { url: 'mqtt://broker:1883', topic: 'city/room' } as const;

/** The smallest payload, with what a test says of its parts. */
export function aPayload(
  parts: { readonly subject?: JsonObject; readonly notification?: JsonObject; readonly [member: string]: unknown } = {},
): JsonObject {
  const { subject, notification, ...others } = parts;
  return {
    subject: { entities: [{ idPattern: '.*', type: 'Room' }], ...subject },
    notification: notification ?? { http },
    ...(others as JsonObject),
  };
}

export function aStored(document: SubscriptionDocument, state: Partial<StoredSubscription['state']> = {}) {
  return {
    id: '697df1c0a8b3d2e4f5061728',
    dialect: 'ngsiv2',
    scopes: [{ path: '/', subtree: true }],
    document,
    state: { status: 'active', timesSent: 0, failsCounter: 0, ...state },
    createdAt: noon,
    modifiedAt: noon,
  } satisfies StoredSubscription;
}
