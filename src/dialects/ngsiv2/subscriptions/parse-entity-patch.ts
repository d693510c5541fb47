import { defaultDeclaredType } from '../../../core/change/default-declared-type.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { checkIdentifier } from '../identifiers.ts';
import { freeText, type TextRules } from '../text-rules.ts';
import { checkValueText } from '../value-text.ts';

/** When an attribute of a patch is evaluated: from 1, first, to this, which is also where one stands that does not say. */
export const lastPriority = 100_000;

/** Names that mean something else wherever names of attributes stand. [V2 attribute names restrictions] */
const reservedNames: ReadonlySet<string> = new Set(['*', 'geo:distance']);

/**
 * The `ngsi` of a custom notification: an entity, or part of one, whose values are templates, so they may have any character
 * and are not what their types promise. The only metadata is `evalPriority`. As it is stored and shown: types are always
 * named, and metadata always there. [V2 NGSI payload patching]
 */
export function parseEntityPatch(body: JsonObject, rules: TextRules): JsonObject {
  const { id, type, ...attributes } = body;
  if (id !== undefined && typeof id !== 'string') throw invalidRequest('Invalid JSON type for entity id');
  if (type !== undefined && typeof type !== 'string') throw invalidRequest('Invalid JSON type for entity type');
  return {
    ...(id !== undefined && { id }),
    ...(type !== undefined && { type }),
    ...Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [name, parseAttribute(name, attribute, rules)]),
    ),
  };
}

function parseAttribute(name: string, body: JsonValue, rules: TextRules): JsonObject {
  checkIdentifier('attribute name', name, rules);
  if (reservedNames.has(name)) throw invalidRequest('Invalid characters in attribute name');
  if (!isJsonObject(body)) throw invalidRequest('attribute must be a JSON object, unless keyValues option is used');
  const { type, value = null, metadata = {}, ...others } = body;
  if (Object.keys(others).length > 0) throw invalidRequest('unrecognized property for context attribute');
  if (type !== undefined && typeof type !== 'string') throw invalidRequest('invalid JSON type for attribute type');
  if (type !== undefined) checkIdentifier('attribute type', type, rules);
  checkValueText('attribute value', value, freeText);
  return { type: type ?? defaultDeclaredType(value), value, metadata: parseMetadata(metadata) };
}

function parseMetadata(body: JsonValue): JsonObject {
  if (!isJsonObject(body)) throw invalidRequest('metadata not a JSON object');
  const { evalPriority, ...others } = body;
  if (Object.keys(others).length > 0) throw invalidRequest('only evalPriority metadata is allowed in ngsi field');
  if (evalPriority === undefined) return {};
  const priority = isJsonObject(evalPriority) ? evalPriority.value : undefined;
  if (typeof priority !== 'number') throw invalidRequest('evalPriority must be a number');
  if (priority < 1 || priority > lastPriority) {
    throw invalidRequest(`evalPriority must be between 1 and ${lastPriority}`);
  }
  return { evalPriority: { type: 'Number', value: priority } };
}
