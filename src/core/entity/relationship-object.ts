import type { JsonValue } from '../json.ts';
import { isUri } from '../names/uri.ts';
import type { Attribute } from './entity.ts';

/**
 * What an attribute points to, as URIs; undefined where it points to nothing. An attribute that an NGSIv2 client declared to be
 * a Relationship points to what it holds, if that is URIs.
 */
export function relationshipObject(attribute: Attribute): string | readonly string[] | undefined {
  switch (attribute.kind) {
    case 'relationship':
      return attribute.object;
    case 'listRelationship':
      return attribute.objectList;
    case 'property':
      return attribute.declaredType === 'Relationship' ? urisIn(attribute.value) : undefined;
    default:
      return undefined;
  }
}

/** All that the instances of an attribute point to. */
export function relationshipTargets(instances: readonly Attribute[]): readonly string[] {
  return instances.flatMap((instance) => relationshipObject(instance) ?? []);
}

function urisIn(value: JsonValue): string | readonly string[] | undefined {
  if (typeof value === 'string') return isUri(value) ? value : undefined;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const areUris = (value as readonly JsonValue[]).every((one) => typeof one === 'string' && isUri(one));
  return areUris ? (value as readonly string[]) : undefined;
}
