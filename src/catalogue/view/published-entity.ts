import type { Attribute, AttributeInstances, Entity } from '../../core/entity/entity.ts';
import type { DatasetView } from '../dataset/dataset.ts';

/**
 * The entity with what is published of it and nothing else: attributes that are columns as a whole, metadata that the dataset
 * names, the default instance, no service path.
 */
export function publishedEntity(entity: Entity, { columns, metadata }: DatasetView): Entity {
  const attributes = new Map<string, AttributeInstances>();
  for (const { attribute: name, path } of columns) {
    const [first] = entity.attributes.get(name) ?? [];
    if (path.length > 0 || first === undefined || first.datasetId !== undefined) continue;
    attributes.set(name, [withMetadata(first, metadata)]);
  }
  const { id, types, createdAt, modifiedAt } = entity;
  return { id, types, scopes: ['/'], attributes, createdAt, modifiedAt };
}

function withMetadata(attribute: Attribute, names: readonly string[]): Attribute {
  const { subAttributes, ...plain } = attribute;
  const kept = [...(subAttributes ?? [])].filter(([name]) => names.includes(name));
  return (kept.length === 0 ? plain : { ...plain, subAttributes: new Map(kept) }) as Attribute;
}
