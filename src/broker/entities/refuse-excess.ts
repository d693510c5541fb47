import type { Attribute, Entity } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import type { EntityWrite } from '../../ports/entity-store.ts';
import type { BrokerLimits } from '../broker.ts';

/**
 * Refuses writes by which an entity grows beyond the limits, with `tooManyLocations` or `limitReached`.
 *
 * An entity that is beyond them already, since they were wider once, may be changed as long as it does not grow further.
 */
export function refuseExcess(writes: readonly EntityWrite[], limits: BrokerLimits): void {
  for (const { change } of writes) {
    if (change.kind === 'removed') continue;
    const before = change.kind === 'updated' ? change.before : undefined;
    if (grows(attributesOf, before, change.after, limits.attributesPerEntity)) {
      throw new Refusal({ kind: 'limitReached', what: 'attributes of an entity', limit: limits.attributesPerEntity });
    }
    if (grows(locationsOf, before, change.after, limits.locationsPerEntity)) {
      throw new Refusal({ kind: 'tooManyLocations' });
    }
  }
}

function grows(count: (entity: Entity) => number, before: Entity | undefined, after: Entity, limit: number): boolean {
  if (before === after) return false;
  const size = count(after);
  return size > limit && (before === undefined || size > count(before));
}

function attributesOf(entity: Entity): number {
  return entity.attributes.size;
}

/**
 * Places that queries may look at without being told which; metadata `ignoreType` exempts. Those that NGSI-LD writes are looked
 * at by their names, so there may be as many as there are. [V2 geospatial properties] [LD 4.7]
 */
function locationsOf(entity: Entity): number {
  let count = 0;
  for (const instances of entity.attributes.values()) {
    if (instances.length === 1 ? isLocation(instances[0]) : instances.some(isLocation)) count++;
  }
  return count;
}

function isLocation(attribute: Attribute): boolean {
  if (attribute.kind !== 'geo' || attribute.declaredType === undefined) return false;
  const ignored = attribute.subAttributes?.get('ignoreType');
  return !(ignored?.kind === 'property' && ignored.value === true);
}
