import { type Attribute, attributeOf, type Entity } from '../../../core/entity/entity.ts';
import { actionOn, type ChangedEntity, previousOf } from './changed-entity.ts';

/**
 * The entity of a change with the metadata that only notifications have, `previousValue` and `actionType`, on the attributes
 * that the request named, where they are asked for. The user's own metadata of those names stay; `patched` attributes are not
 * what the request made, and get none. [V2 builtin metadata]
 */
export function withChangeMetadata(
  changed: ChangedEntity,
  names: readonly string[],
  patched: ReadonlySet<string>,
): Entity {
  const asked = names.filter((name) => name === 'previousValue' || name === 'actionType');
  if (asked.length === 0 || changed.changes.length === 0) return changed.entity;
  const attributes = new Map(changed.entity.attributes);
  for (const { name } of changed.changes) {
    const attribute = attributeOf(changed.entity, name);
    if (attribute !== undefined && !patched.has(name))
      attributes.set(name, [withMetadata(changed, name, attribute, asked)]);
  }
  return { ...changed.entity, attributes };
}

function withMetadata(changed: ChangedEntity, name: string, attribute: Attribute, asked: readonly string[]): Attribute {
  const subAttributes = new Map(attribute.subAttributes);
  for (const metadata of asked) {
    const value = metadata === 'previousValue' ? previousOf(changed, name) : actionType(changed, name, attribute);
    if (value !== undefined && !subAttributes.has(metadata)) subAttributes.set(metadata, value);
  }
  return { ...attribute, subAttributes };
}

function actionType(changed: ChangedEntity, name: string, { createdAt, modifiedAt }: Attribute): Attribute | undefined {
  const action = actionOn(changed, name);
  if (action === undefined) return undefined;
  return { kind: 'property', value: action, declaredType: 'Text', createdAt, modifiedAt };
}
