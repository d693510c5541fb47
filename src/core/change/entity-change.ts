import type { Entity } from '../entity/entity.ts';

/** One change of one entity, as subscriptions see it. */
export type EntityChange = EntityCreated | EntityUpdated | EntityRemoved;

export interface EntityCreated {
  readonly kind: 'created';
  readonly after: Entity;
  readonly attributes: readonly AttributeChange[];
}

/** `after` is `before` itself when the entity was written and everything was equal: there is nothing to store, but an update happened. */
export interface EntityUpdated {
  readonly kind: 'updated';
  readonly before: Entity;
  readonly after: Entity;
  /** Every attribute that the request named and that was written, changed or not; and those that a replacement took away. */
  readonly attributes: readonly AttributeChange[];
}

export interface EntityRemoved {
  readonly kind: 'removed';
  readonly before: Entity;
  /** Nobody removed it: its time was up. */
  readonly expired?: true;
}

export interface AttributeChange {
  /** `expiryName` for the expiry of the entity. */
  readonly name: string;
  readonly action: 'append' | 'update' | 'delete';
  /** The value or the type differs from before, or the write was forced. Always for what is new, replaced or removed. */
  readonly changed: boolean;
  readonly metadataChanged: boolean;
}
