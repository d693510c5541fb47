import type { Broker } from '../../broker/broker.ts';
import { updateAttribute, updateExpiry } from '../../broker/entities/update-attribute.ts';
import { type AttributeWrite, expiryName, type WriteOptions } from '../../core/change/mutation.ts';
import { type Attribute, attributeOf, type Entity } from '../../core/entity/entity.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import type { RequestScope } from '../../core/scope.ts';
import { renderInstant } from '../../core/time/instant.ts';
import { parseExpiry } from '../../dialects/ngsiv2/parse-expiry.ts';

/*
 * The expiry of an entity is kept beside its attributes, but clients know it as the attribute `dateExpires`; so the
 * routes of a single attribute look here. [V2 transient entities]
 */

/** The attribute of the name, the expiry included. */
export function shownAttribute(entity: Entity, name: string): Attribute | undefined {
  const { expiresAt, createdAt, modifiedAt } = entity;
  const attribute = attributeOf(entity, name);
  if (attribute !== undefined || name !== expiryName || expiresAt === undefined) return attribute;
  return { kind: 'property', valueType: 'DateTime', value: renderInstant(expiresAt), createdAt, modifiedAt };
}

/** Writes the attribute, or moves the expiry. Refuses as `updateAttribute` does, and what is no date for an expiry. */
export function writeAttribute(
  broker: Broker,
  scope: RequestScope,
  ref: EntityRef,
  write: AttributeWrite,
  options: WriteOptions,
): Promise<void> {
  if (write.name !== expiryName) return updateAttribute(broker, scope, ref, write, options);
  const { content, declaredType } = write;
  const body = {
    value: content.kind === 'property' ? content.value : {},
    ...(typeof declaredType === 'string' && { type: declaredType }),
  };
  return updateExpiry(broker, scope, ref, parseExpiry(body, 'normalized'), options);
}
