import type { AttributeInstances, Entity } from '../../../core/entity/entity.ts';
import type { ExpressionContext } from '../../../core/expression/expression.ts';
import { type Expansion, expandJson } from '../../../core/expression/macros.ts';
import type { JsonValue } from '../../../core/json.ts';
import type { EntityPatch } from '../../../core/subscription/delivery.ts';
import { withValues } from './change-context.ts';
import type { ChangedEntity } from './changed-entity.ts';

/**
 * The entity as a patch has it: its attributes first, in the order in which they are evaluated, then the others. An attribute
 * of the patch is new, metadata and all. Id and type stay where the patch makes nothing of them.
 *
 * What is evaluated can be used by what comes later, unless the entity has an attribute of that name: then the name means
 * what the entity has. [V2 NGSI payload patching] [V2 evaluation priority]
 */
export function patchEntity(
  { entity, changedAt }: ChangedEntity,
  patch: EntityPatch,
  { context, effort }: Expansion,
): Entity {
  const evaluated = new Map<string, JsonValue>();
  const now: ExpressionContext = withValues(context, evaluated);
  const expansion: Expansion = { context: now, effort };
  // Type and id see the entity alone.
  const id = identityOf(patch.id, entity.id, { context, effort });
  const type = identityOf(patch.type, entity.types[0] ?? '', { context, effort });
  const attributes = new Map<string, AttributeInstances>();
  for (const { name, declaredType, value: template } of patch.attributes) {
    const value = expandJson(template, expansion);
    if (!entity.attributes.has(name)) evaluated.set(name, value);
    attributes.set(name, [{ kind: 'property', value, declaredType, createdAt: changedAt, modifiedAt: changedAt }]);
  }
  for (const [name, instances] of entity.attributes) {
    if (!attributes.has(name)) attributes.set(name, instances);
  }
  return { ...entity, id, types: [type], attributes };
}

/** A text, whatever the macros are. */
function identityOf(template: string | undefined, own: string, expansion: Expansion): string {
  if (template === undefined) return own;
  const value = expandJson(template, expansion);
  if (value === null || value === '') return own;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
