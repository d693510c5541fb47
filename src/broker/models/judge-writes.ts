import type { Entity } from '../../core/entity/entity.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import { Refusal } from '../../core/errors.ts';
import type { EntityViolations } from '../../core/model/violation.ts';
import type { EntityWrite } from '../../ports/entity-store.ts';
import type { TenantModels } from './tenant-models.ts';

/**
 * Judges every entity as it would be after the writes, whichever of its attributes they touch. Throws a `modelViolated`
 * refusal for the first that the policy refuses; returns warnings of the others.
 */
export function judgeWrites(writes: readonly EntityWrite[], models: TenantModels): readonly EntityViolations[] {
  let warnings: EntityViolations[] | undefined;
  for (const { change } of writes) {
    if (change.kind === 'removed') continue;
    const { refused, warned } = models.judge(change.after, change.kind === 'updated' ? change : undefined);
    if (refused.length > 0) {
      throw new Refusal({ kind: 'modelViolated', entity: refTo(change.after), violations: refused });
    }
    if (warned.length === 0) continue;
    warnings ??= [];
    warnings.push({ entity: refTo(change.after), violations: warned });
  }
  return warnings ?? none;
}

const none: readonly EntityViolations[] = [];

function refTo({ id, types: [type] }: Entity): EntityRef {
  return { id, ...(type !== undefined && { type }) };
}
