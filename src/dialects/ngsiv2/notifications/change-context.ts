import { type Attribute, attributeOf } from '../../../core/entity/entity.ts';
import type { ExpressionContext } from '../../../core/expression/expression.ts';
import type { JsonObject, JsonValue } from '../../../core/json.ts';
import { renderInstant } from '../../../core/time/instant.ts';
import { shownValue } from '../render-value.ts';
import { actionOn, type ChangedEntity, previousOf } from './changed-entity.ts';

/**
 * What the expressions of a subscription see of a change: `id`, `type`, the attributes by their values, `metadata`, the
 * builtin attributes, and of the request `service`, `servicePath` and `authToken`, which are empty where it had none. An
 * attribute comes before a builtin and before what the request had, `metadata` before an attribute.
 * [V2 macro substitution] [V2 metadata support]
 */
export function changeContext(changed: ChangedEntity): ExpressionContext {
  const { entity, changedAt } = changed;
  let metadata: JsonObject | undefined;
  return {
    now: changedAt,
    lookup(name) {
      switch (name) {
        case 'id':
          return entity.id;
        case 'type':
          return entity.types[0];
        case 'metadata':
          metadata ??= metadataOf(changed);
          return metadata;
      }
      const attribute = attributeOf(entity, name);
      return attribute === undefined ? builtinValue(changed, name) : shownValue(attribute);
    },
  };
}

/** A context in which some more names mean something; they come first. */
export function withValues(context: ExpressionContext, values: ReadonlyMap<string, JsonValue>): ExpressionContext {
  return { now: context.now, lookup: (name) => (values.has(name) ? values.get(name) : context.lookup(name)) };
}

function builtinValue({ entity, alteration, origin }: ChangedEntity, name: string): JsonValue | undefined {
  switch (name) {
    case 'dateCreated':
      return renderInstant(entity.createdAt);
    case 'dateModified':
      return renderInstant(entity.modifiedAt);
    case 'dateExpires':
      return entity.expiresAt === undefined ? undefined : renderInstant(entity.expiresAt);
    case 'alterationType':
      return alteration;
    case 'service':
      return origin.tenant;
    case 'servicePath':
      return entity.scopes[0];
    case 'authToken':
      return origin.authToken ?? '';
    default:
      return undefined;
  }
}

/** The values of all metadata, by the names of attribute and metadata; builtin ones among them. */
function metadataOf(changed: ChangedEntity): JsonObject {
  const attributes: [string, JsonObject][] = [];
  for (const name of changed.entity.attributes.keys()) {
    const attribute = attributeOf(changed.entity, name);
    if (attribute !== undefined) attributes.push([name, metadataOfAttribute(changed, name, attribute)]);
  }
  return Object.fromEntries(attributes);
}

function metadataOfAttribute(changed: ChangedEntity, name: string, attribute: Attribute): JsonObject {
  const previous = previousOf(changed, name);
  const action = actionOn(changed, name);
  return Object.fromEntries<JsonValue>([
    ['dateCreated', renderInstant(attribute.createdAt)],
    ['dateModified', renderInstant(attribute.modifiedAt)],
    ...(previous === undefined ? [] : [['previousValue', shownValue(previous)] as const]),
    ...(action === undefined ? [] : [['actionType', action] as const]),
    ...[...(attribute.subAttributes ?? [])].map(([own, sub]) => [own, shownValue(sub)] as const),
  ]);
}
