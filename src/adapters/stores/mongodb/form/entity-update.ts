import { dueAtOf } from '../../../../core/entity/due-at.ts';
import type { Attribute, Entity } from '../../../../core/entity/entity.ts';
import { type AttributeForm, encodeAttribute } from './entity-form.ts';
import { shapeOf, typeOf } from './entity-shape.ts';
import { encodeText } from './text-form.ts';

/** What makes the document of an entity that of another state of it: values by the path of their field, for `$set`. */
export type EntityUpdate = Readonly<Record<string, string | Date | AttributeForm>>;

/**
 * The difference between two states of an entity in the form that `encodeEntity` writes; undefined where the document is better
 * replaced, as the list of attributes, the place of the entity or its end has changed, or more than half of it.
 *
 * A transaction that sets some fields costs MongoDB about half of what one does that replaces documents (bench/micro/mongo-round-trips).
 * Cost: one walk through the attributes; those that are the same objects are not encoded.
 */
export function encodeUpdate(before: Entity, after: Entity): EntityUpdate | undefined {
  if (before.types !== after.types || before.scopes !== after.scopes || before.createdAt !== after.createdAt) return;
  if (before.attributes.size !== after.attributes.size) return;
  if (before.expiresAt !== after.expiresAt || dueAtOf(before) !== dueAtOf(after)) return;
  if (before.correlator !== undefined && after.correlator === undefined) return;
  const set: Record<string, string | Date | AttributeForm> = { modifiedAt: new Date(after.modifiedAt) };
  if (after.correlator !== undefined) set.correlator = encodeText(after.correlator);
  let place = 0;
  let replaced = 0;
  let isReshaped = false;
  const others = after.attributes.entries();
  for (const [name, instances] of before.attributes) {
    const [otherName, otherInstances] = others.next().value ?? ['', []];
    if (name !== otherName || instances.length !== otherInstances.length) return;
    for (const [at, instance] of instances.entries()) {
      const other = otherInstances[at];
      if (other === undefined) return;
      const path = `attributes.${place++}`;
      if (instance === other) {
        // It was left out as that of the entity, which is another one now.
        if (isModifiedWith(instance, before) && !isModifiedWith(instance, after)) {
          set[`${path}.modifiedAt`] = new Date(instance.modifiedAt);
          continue;
        }
        if (isModifiedWith(instance, before) === isModifiedWith(instance, after)) continue;
      }
      if (instance.kind === 'geo' || other.kind === 'geo') return;
      isReshaped ||= typeOf(instance) !== typeOf(other);
      set[path] = encodeAttribute(name, other, after.createdAt, after.modifiedAt);
      replaced++;
    }
  }
  if (isReshaped) set.shape = shapeOf(after);
  return replaced * 2 > place ? undefined : set;
}

function isModifiedWith(attribute: Attribute, entity: Entity): boolean {
  return attribute.modifiedAt === entity.modifiedAt;
}
