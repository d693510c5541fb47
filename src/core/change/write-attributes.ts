import type { Attribute, AttributeInstances, Entity, EpochMs } from '../entity/entity.ts';
import type { Edit } from './edit.ts';
import type { AttributeChange } from './entity-change.ts';
import { type AppendMutation, expiryName, type UpdateMutation } from './mutation.ts';
import { writeAttribute } from './write-attribute.ts';

/** Append, strict append and update: they differ only in what they leave alone and report. */
export function writeAttributes(entity: Entity, mutation: AppendMutation | UpdateMutation, moment: EpochMs): Edit {
  const attributes = new Map(entity.attributes);
  const changes: AttributeChange[] = [];
  const missing: string[] = [];
  const existing: string[] = [];
  let { expiresAt } = entity;
  let differs = false;

  const mayWrite = (name: string, isThere: boolean): boolean => {
    if (!isThere && mutation.kind === 'update') missing.push(name);
    else if (isThere && mutation.kind === 'append' && mutation.strict) existing.push(name);
    else return true;
    return false;
  };

  for (const write of mutation.writes) {
    const { name } = write;
    const instances = attributes.get(name);
    if (!mayWrite(name, instances !== undefined)) continue;
    const current = defaultInstance(instances);
    const written = writeAttribute(current, write, mutation, moment);
    if (written === undefined) continue;
    const { attribute, changed, metadataChanged } = written;
    if (attribute !== current) {
      attributes.set(name, withDefaultInstance(instances, attribute));
      differs = true;
    }
    changes.push({ name, action: instances ? 'update' : 'append', changed, metadataChanged });
  }

  const isThere = expiresAt !== undefined;
  if (mutation.expiresAt !== undefined && mayWrite(expiryName, isThere)) {
    const changed = mutation.forced || (mutation.expiresAt ?? undefined) !== expiresAt;
    expiresAt = mutation.expiresAt ?? undefined;
    differs ||= changed;
    changes.push({ name: expiryName, action: isThere ? 'update' : 'append', changed, metadataChanged: false });
  }
  return { attributes, expiresAt, differs, changes, missing, existing };
}

function defaultInstance(instances: AttributeInstances | undefined): Attribute | undefined {
  const first = instances?.[0];
  return first?.datasetId === undefined ? first : undefined;
}

function withDefaultInstance(instances: AttributeInstances | undefined, attribute: Attribute): AttributeInstances {
  if (instances === undefined || (instances.length === 1 && instances[0].datasetId === undefined)) return [attribute];
  return [attribute, ...instances.filter(({ datasetId }) => datasetId !== undefined)];
}
