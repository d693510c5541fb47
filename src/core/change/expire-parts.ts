import type { Attribute, AttributeInstances, Entity, EpochMs } from '../entity/entity.ts';
import { deletionOf, type Edit } from './edit.ts';
import type { AttributeChange } from './entity-change.ts';

/** Takes away the attributes, instances and sub-attributes whose time is up. [LD 4.22] */
export interface ExpirePartsMutation {
  readonly kind: 'expireParts';
}

export function expireParts(entity: Entity, now: EpochMs): Edit {
  const attributes = new Map<string, AttributeInstances>();
  const changes: AttributeChange[] = [];
  for (const [name, instances] of entity.attributes) {
    const living = instances.flatMap((instance) => livingPart(instance, now) ?? []);
    const [first, ...others] = living;
    if (first === undefined) {
      changes.push(deletionOf(name));
      continue;
    }
    const isSame = living.length === instances.length && living.every((one, at) => one === instances[at]);
    attributes.set(name, isSame ? instances : [first, ...others]);
    if (isSame) continue;
    const changed = living.length < instances.length;
    changes.push({ name, action: 'update', changed, metadataChanged: !changed });
  }
  const { expiresAt } = entity;
  return { attributes, expiresAt, differs: changes.length > 0, changes, missing: [], existing: [] };
}

function livingPart(attribute: Attribute, now: EpochMs): Attribute | undefined {
  if (attribute.expiresAt !== undefined && attribute.expiresAt <= now) return undefined;
  const { subAttributes, ...rest } = attribute;
  if (subAttributes === undefined) return attribute;
  const living = new Map<string, Attribute>();
  for (const [name, one] of subAttributes) {
    const left = livingPart(one, now);
    if (left !== undefined) living.set(name, left);
  }
  const isSame =
    living.size === subAttributes.size && [...living].every(([name, one]) => subAttributes.get(name) === one);
  if (isSame) return attribute;
  return living.size === 0 ? rest : { ...rest, subAttributes: living };
}
