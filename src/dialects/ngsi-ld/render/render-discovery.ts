import type { LdVocabulary } from '../context/context-vocabulary.ts';
import { typesByKind } from '../entities/payloads.ts';

/** An entity type with its attributes and, by name, their types: those that NGSIv2 declared, or kinds. */
export interface TypeFacts {
  readonly type: string;
  readonly count: number;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

/** Names of the types of entities. [LD 5.2.24] */
export function describeTypeList(types: readonly TypeFacts[], id: string, { compact }: LdVocabulary): object {
  return { id, type: 'EntityTypeList', typeList: types.map(({ type }) => compact(type)) };
}

/** Each type with the names of its attributes. [LD 5.2.25] */
export function describeTypes(types: readonly TypeFacts[], { compact, names }: LdVocabulary): readonly object[] {
  return types.map(({ type, attributes }) => ({
    id: names.iriOf(type),
    type: 'EntityType',
    typeName: compact(type),
    attributeNames: [...attributes.keys()].map(compact),
  }));
}

/** One type, with what its attributes are. [LD 5.2.26] */
export function describeType({ type, count, attributes }: TypeFacts, { compact, names }: LdVocabulary): object {
  return {
    id: names.iriOf(type),
    type: 'EntityTypeInfo',
    typeName: compact(type),
    entityCount: count,
    attributeDetails: [...attributes].map(([name, types]) => ({
      id: names.iriOf(name),
      type: 'Attribute',
      attributeName: compact(name),
      attributeTypes: attributeTypes(types),
    })),
  };
}

/** An attribute with what is known of it. */
export interface AttributeFacts {
  readonly name: string;
  readonly count: number;
  readonly types: readonly string[];
  readonly entityTypes: readonly string[];
}

/** Names of attributes. [LD 5.2.27] */
export function describeAttributeList(names: readonly string[], id: string, { compact }: LdVocabulary): object {
  return { id, type: 'AttributeList', attributeList: names.map(compact) };
}

/** Each attribute with the types of entities that have it. [LD 5.2.28] */
export function describeAttributes(
  attributes: readonly AttributeFacts[],
  { compact, names }: LdVocabulary,
): readonly object[] {
  return attributes.map(({ name, entityTypes }) => ({
    id: names.iriOf(name),
    type: 'Attribute',
    attributeName: compact(name),
    typeNames: entityTypes.map(compact),
  }));
}

/** One attribute. [LD 5.2.28] */
export function describeAttribute(
  { name, count, types, entityTypes }: AttributeFacts,
  { compact, names }: LdVocabulary,
): object {
  return {
    id: names.iriOf(name),
    type: 'Attribute',
    attributeName: compact(name),
    attributeCount: count,
    attributeTypes: attributeTypes(types),
    typeNames: entityTypes.map(compact),
  };
}

/** Types of NGSI-LD: of what NGSIv2 declared, by what NGSI-LD makes of it. */
function attributeTypes(types: readonly string[]): readonly string[] {
  const named = types.map((type) => {
    if (Object.hasOwn(typesByKind, type)) return typesByKind[type as keyof typeof typesByKind];
    if (type.startsWith('geo:')) return typesByKind.geo;
    return type === 'Relationship' ? typesByKind.relationship : typesByKind.property;
  });
  return [...new Set(named)].sort();
}
