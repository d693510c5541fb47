import { removeAttribute, updateAttribute, updateExpiry } from '../../broker/entities/update-attribute.ts';
import { writeEntity } from '../../broker/federation/write-entity.ts';
import { type AttributeWrite, expiryName, type WriteOptions } from '../../core/change/mutation.ts';
import { type Attribute, attributeOf, type Entity } from '../../core/entity/entity.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import type { RequestScope } from '../../core/scope.ts';
import { renderInstant } from '../../core/time/instant.ts';
import { parseExpiry } from '../../dialects/ngsiv2/parse-expiry.ts';
import { draftOf, noOptions } from './entity-parameters.ts';
import type { NgsiService } from './service.ts';

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

/** Writes the attribute where it is, or moves the expiry. Refuses as `updateAttribute` and `writeEntity` do, and what is no date for an expiry. */
export async function writeAttribute(
  { availability: { broker } }: NgsiService,
  scope: RequestScope,
  ref: EntityRef,
  write: AttributeWrite,
  options: WriteOptions,
): Promise<void> {
  if (write.name !== expiryName) {
    await writeEntity(broker, scope, 'update', draftOf(ref, [write]), options, () =>
      updateAttribute(broker, scope, ref, write, options),
    );
    return;
  }
  const { content, declaredType } = write;
  const body = {
    value: content.kind === 'property' ? content.value : {},
    ...(typeof declaredType === 'string' && { type: declaredType }),
  };
  await updateExpiry(broker, scope, ref, parseExpiry(body, 'normalized'), options);
}

/** Removes the attribute where it is, or the expiry. Refuses as `removeAttribute` and `writeEntity` do. */
export async function removeShownAttribute(
  { availability: { broker } }: NgsiService,
  scope: RequestScope,
  ref: EntityRef,
  name: string,
): Promise<void> {
  const removed = {
    name,
    content: { kind: 'property', value: null },
    declaredType: undefined,
    subAttributes: undefined,
  } as const;
  await writeEntity(broker, scope, 'delete', draftOf(ref, [removed]), noOptions, () =>
    removeAttribute(broker, scope, ref, name),
  );
}
