import { type Attribute, jsonValueOf } from '../entity/entity.ts';
import type { JsonValue } from '../json.ts';
import { equalJson } from './equal-json.ts';
import type { AttributeContent } from './mutation.ts';

/** Tells whether kind and payload are the same, as JSON. */
export function equalContent(a: AttributeContent, b: AttributeContent): boolean {
  if (a.kind === 'property' && b.kind === 'property') {
    return (
      a.valueType === b.valueType &&
      a.unitCode === b.unitCode &&
      equalJson(a.value, b.value) &&
      equalJson(a.written, b.written)
    );
  }
  if (a.kind === 'geo' && b.kind === 'geo') {
    return (
      equalJson(a.geometry as unknown as JsonValue, b.geometry as unknown as JsonValue) && equalJson(a.value, b.value)
    );
  }
  if (!equalJson(besidePayload(a), besidePayload(b))) return false;
  return a.kind === b.kind && equalJson(jsonValueOf(a as Attribute), jsonValueOf(b as Attribute));
}

/** What an attribute of some kinds says besides its payload. */
function besidePayload(content: AttributeContent): JsonValue {
  switch (content.kind) {
    case 'relationship':
    case 'listRelationship':
      return content.objectType ?? null;
    case 'list':
      return content.unitCode ?? null;
    default:
      return null;
  }
}
