import type { BatchAction } from '../../../core/change/batch-action.ts';
import type { EntityDraft } from '../../../core/change/entity-draft.ts';
import {
  type AttributeContent,
  type AttributeWrite,
  expiryName,
  type UpdateOperation,
} from '../../../core/change/mutation.ts';
import { jsonValueOf } from '../../../core/entity/entity.ts';
import type { JsonObject, JsonValue } from '../../../core/json.ts';
import { renderInstant } from '../../../core/time/instant.ts';

/** The body of an update operation: what the drafts say, as their clients said it. [V2 update operation] */
export function renderUpdate(actionType: BatchAction, drafts: readonly EntityDraft[]): object {
  return { actionType, entities: drafts.map((draft) => renderDraft(draft, actionType === 'delete')) };
}

function renderDraft({ id, types: [type], writes, expiresAt }: EntityDraft, namesOnly: boolean): JsonObject {
  const attributes = writes.map((write) => [write.name, namesOnly ? {} : renderWrite(write)] as const);
  return {
    id,
    ...(type !== undefined && { type }),
    ...Object.fromEntries(attributes),
    ...(expiresAt !== undefined && { [expiryName]: namesOnly ? {} : renderExpiry(expiresAt) }),
  };
}

function renderExpiry(expiresAt: number | null): JsonObject {
  return { type: 'DateTime', value: expiresAt === null ? null : renderInstant(expiresAt) };
}

function renderWrite({ content, declaredType, subAttributes }: AttributeWrite): JsonObject {
  const metadata = [...(subAttributes ?? [])].map(([name, sub]) => {
    return [
      name,
      { ...(sub.declaredType !== undefined && { type: sub.declaredType }), value: valueOfContent(sub.content) },
    ];
  });
  return {
    ...(typeof declaredType === 'string' && { type: declaredType }),
    value: content.kind === 'operation' ? operationOf(content) : valueOfContent(content),
    ...(subAttributes !== undefined && { metadata: Object.fromEntries(metadata) }),
  };
}

function operationOf({ operator, argument, unset }: UpdateOperation): JsonValue {
  return { [operator]: argument, ...(unset !== undefined && { $unset: unset }) };
}

function valueOfContent(content: AttributeContent): JsonValue {
  return jsonValueOf({ ...content, createdAt: 0, modifiedAt: 0 });
}
