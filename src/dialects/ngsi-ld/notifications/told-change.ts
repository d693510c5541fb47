import { noScopes } from '../../../core/change/patch-entity.ts';
import type { Attribute, Entity, EpochMs } from '../../../core/entity/entity.ts';
import { decodedEntity } from '../../../core/entity/recent-forms.ts';
import { decodeEntity } from '../../../core/entity/stored-form.ts';
import type { NotificationFacts } from '../../../core/subscription/notification-facts.ts';
import { renderDateTime } from '../date-time.ts';
import { payloadMembers, typesByKind } from '../entities/payloads.ts';
import { isEntityMember } from '../names.ts';
import { instancesInOlderVersion } from '../older-versions.ts';
import type { EntityView } from '../query/entity-view.ts';
import { keyOf, renderPreviousPayload, renderSystemTimes, shownInstances } from '../render/render-attribute.ts';
import { type EntityRendering, isShown } from '../render/render-entity.ts';
import { asNgsiLd } from '../render/shown-attribute.ts';

/** An entity as a notification shows it, and what is said of it besides. */
export interface ToldChange {
  readonly entity: Entity;
  readonly rendering: EntityRendering;
}

const nothing = '"urn:ngsi-ld:null"';

/**
 * What a change is told as: the entity after it; what it took away as `urn:ngsi-ld:null`, with more of it where more is asked for; what was
 * there before, with `showChanges`. Of an entity that is gone, when it went. [LD 5.8.6] [LD 5.2.14]
 */
export function toldChange(facts: NotificationFacts, view: EntityView, showChanges: boolean): ToldChange {
  const entity = decodedEntity(facts.entity);
  const telling: Telling = { view, showChanges, deletedAt: facts.changedAt };
  if (facts.alteration === 'entityDelete') return toldDeletion(entity, telling);
  const { previous } = facts;
  const isTold = previous !== undefined && (showChanges || facts.attributes.some(({ changed }) => changed));
  if (!isTold) return { entity, rendering: { view } };

  const before = decodeEntity(previous);
  const changed = new Map<string, readonly Attribute[]>();
  const gone = new Map<string, readonly string[]>();
  const added: string[] = [];
  for (const { name, changed: isNew, metadataChanged } of facts.attributes) {
    const earlier = before.attributes.get(name);
    if (earlier === undefined || !(isNew || metadataChanged) || !isShown(name, { view })) continue;
    const later = entity.attributes.get(name) ?? [];
    const lost = shownInstances(earlier, view).filter(
      ({ datasetId }) => !later.some((instance) => instance.datasetId === datasetId),
    );
    if (lost.length > 0 && later.length > 0)
      gone.set(
        name,
        lost.map((one) => renderGone(one, telling)),
      );
    else if (lost.length > 0) added.push(renderGoneMember(name, lost, telling));
    if (showChanges) changed.set(name, earlier);
  }
  return {
    entity,
    rendering: {
      view,
      ...(changed.size > 0 && { previous: changed }),
      ...(gone.size > 0 && { gone }),
      ...(added.length > 0 && { added }),
    },
  };
}

interface Telling {
  readonly view: EntityView;
  readonly showChanges: boolean;
  readonly deletedAt: EpochMs;
}

function toldDeletion(entity: Entity, telling: Telling): ToldChange {
  const { view, showChanges, deletedAt } = telling;
  const added = [`"deletedAt":"${renderDateTime(deletedAt)}"`];
  if (showChanges) {
    for (const [name, instances] of entity.attributes) {
      const lost = isShown(name, { view }) ? shownInstances(instances, view) : [];
      if (lost.length > 0) added.push(renderGoneMember(name, lost, telling));
    }
  }
  return { entity: { ...entity, scopes: noScopes, attributes: new Map() }, rendering: { view, added } };
}

/** An attribute that is gone as a whole. */
function renderGoneMember(name: string, instances: readonly Attribute[], telling: Telling): string {
  const { view } = telling;
  const texts = view.representation === 'simplified' ? [nothing] : instances.map((one) => renderGone(one, telling));
  return `${keyOf(name, isEntityMember, view)}:${texts.length === 1 ? texts[0] : `[${texts.join(',')}]`}`;
}

function renderGone(stored: Attribute, { view, showChanges, deletedAt }: Telling): string {
  const { version } = view;
  const [older] = version === undefined ? [] : instancesInOlderVersion(version, [stored], view);
  const attribute = older ?? asNgsiLd(stored);
  const { kind, datasetId } = attribute;
  if (datasetId === undefined && !showChanges && !view.sysAttrs) return nothing;
  const type = view.representation === 'concise' ? '' : `"type":"${typesByKind[kind]}",`;
  const payload = kind === 'language' ? `{"@none":${nothing}}` : nothing;
  return (
    `{${type}"${payloadMembers[kind]}":${payload}` +
    (showChanges ? renderPreviousPayload(attribute, view) : '') +
    (datasetId === undefined ? '' : `,"datasetId":${JSON.stringify(datasetId)}`) +
    (view.sysAttrs ? `${renderSystemTimes(attribute)},"deletedAt":"${renderDateTime(deletedAt)}"` : '') +
    '}'
  );
}
