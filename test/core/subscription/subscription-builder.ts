import type { AttributeChange, EntityChange } from '../../../src/core/change/entity-change.ts';
import type { Entity } from '../../../src/core/entity/entity.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import type { ChangeOrigin } from '../../../src/core/subscription/change-origin.ts';
import type { Subscription } from '../../../src/core/subscription/subscription.ts';

/** A subscription to every change of every entity, except for what is said of it. */
export function aSubscription(spec: Partial<Subscription> = {}): Subscription {
  return {
    id: 'sub',
    dialect: 'ngsiv2',
    scopes: [],
    status: 'active',
    selectors: [],
    watched: [],
    alterations: ['entityCreate', 'entityChange'],
    notifyOnMetadataChange: true,
    notification: {
      attributes: { kind: 'all' },
      onlyChanged: false,
      metadata: [],
      format: 'normalized',
      delivery: { kind: 'stream' },
    },
    ...spec,
  };
}

export const anOrigin: ChangeOrigin = { tenant: 'city' as TenantName, correlator: 'c1' };

/** How a request touched attributes: `changed`, `same` for a write of what was there, or by its metadata only. */
export type Touch = 'changed' | 'same' | 'metadata' | 'deleted';

export function anUpdate(before: Entity, after: Entity, touched: Readonly<Record<string, Touch>>): EntityChange {
  return {
    kind: 'updated',
    before,
    after,
    attributes: Object.entries(touched).map(([name, touch]) => attributeChange(name, touch)),
  };
}

export function aCreation(after: Entity): EntityChange {
  return {
    kind: 'created',
    after,
    attributes: [...after.attributes.keys()].map((name) => {
      return { name, action: 'append', changed: true, metadataChanged: false };
    }),
  };
}

export function aRemoval(before: Entity): EntityChange {
  return { kind: 'removed', before };
}

function attributeChange(name: string, touch: Touch): AttributeChange {
  return {
    name,
    action: touch === 'deleted' ? 'delete' : 'update',
    changed: touch === 'changed' || touch === 'deleted',
    metadataChanged: touch === 'metadata',
  };
}
