import type { Entity } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import { labelOf } from '../../core/model/data-model.ts';
import type { Severity } from '../../core/model/model-policy.ts';
import type { Violation } from '../../core/model/violation.ts';
import type { TenantName } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';

/** What would become of an entity. */
export interface Validation {
  /** Absent: there is no model of its type. */
  readonly model?: string;
  /** How it is not what the model says, whatever the policy. */
  readonly violations: readonly Violation[];
  /** Attributes that the model does not have. */
  readonly unknownAttributes: readonly string[];
  /** What the policy would do with it: store it, store it and warn, or refuse it. */
  readonly outcome: Severity;
}

/**
 * A dry run: judges an entity as if it were to be written, under the model of the version, or the one that the policy takes.
 * Refuses with `modelNotFound` where the version is named and not there.
 */
export function validateEntity(broker: Broker, tenant: TenantName, entity: Entity, version?: string): Validation {
  const models = broker.models.of(tenant);
  const { refused, warned } = models.judge(entity);
  const outcome: Severity = refused.length > 0 ? 'enforce' : warned.length > 0 ? 'warn' : 'off';
  const [type = '', [scope = '/']] = [entity.types[0], entity.scopes];
  const model = version === undefined ? models.ruleFor(type, scope).model : models.shelf.get(type, version);
  if (model === undefined) {
    if (version !== undefined) throw new Refusal({ kind: 'modelNotFound' });
    return { violations: [], unknownAttributes: [], outcome };
  }
  return {
    model: labelOf(model),
    violations: models.judgeUnder(entity, model),
    unknownAttributes: [...entity.attributes.keys()].filter((name) => !model.attributes.has(name)),
    outcome,
  };
}
