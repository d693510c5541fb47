import type { Attribute } from '../../../core/entity/entity.ts';
import { relationshipObject } from '../../../core/entity/relationship-object.ts';
import type { JsonValue } from '../../../core/json.ts';

/**
 * An attribute as NGSI-LD sees it, whichever dialect wrote it: what an NGSIv2 client declared to be a Relationship and that
 * holds URIs is one, and metadata that have members of their own in NGSI-LD stand there. (docs/dialects.md)
 */
export function asNgsiLd(attribute: Attribute): Attribute {
  return attribute.declaredType === undefined ? attribute : withOwnMembers(withObject(attribute));
}

function withObject(attribute: Attribute): Attribute {
  const object = attribute.kind === 'property' ? relationshipObject(attribute) : undefined;
  if (attribute.kind !== 'property' || object === undefined) return attribute;
  const { value: _, valueType: __, unitCode: ___, written: ____, ...rest } = attribute;
  return { ...rest, kind: 'relationship', object };
}

function withOwnMembers(attribute: Attribute): Attribute {
  const { subAttributes } = attribute;
  if (subAttributes === undefined) return attribute;
  const observedAt = subAttributes.get('observedAt');
  const unitCode = subAttributes.get('unitCode');
  const instant = attribute.observedAt ?? instantOf(observedAt);
  const unit = attribute.kind === 'property' ? (attribute.unitCode ?? textOf(unitCode)) : undefined;
  if (instant === undefined && unit === undefined) return attribute;
  const others = new Map(subAttributes);
  if (instant !== undefined) others.delete('observedAt');
  if (unit !== undefined) others.delete('unitCode');
  const { subAttributes: _, ...rest } = attribute;
  return {
    ...rest,
    ...(others.size > 0 && { subAttributes: others }),
    ...(instant !== undefined && { observedAt: instant }),
    ...(unit !== undefined && { unitCode: unit }),
  };
}

function instantOf(metadata: Attribute | undefined): number | undefined {
  if (metadata?.kind !== 'property' || metadata.valueType !== 'DateTime') return undefined;
  const instant = typeof metadata.value === 'string' ? Date.parse(metadata.value) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

function textOf(metadata: Attribute | undefined): string | undefined {
  return metadata?.kind === 'property' && typeof metadata.value === 'string' ? metadata.value : undefined;
}

/** The value of a Property as JSON-LD takes it: it has no null, but a literal of JSON may be one. [LD 4.5.0] */
export function shownValue(attribute: Extract<Attribute, { kind: 'property' }>): JsonValue {
  const { value, written } = attribute;
  if (written !== undefined) return written;
  return value === null ? { '@type': '@json', '@value': null } : value;
}
