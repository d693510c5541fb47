import { invalidRequest, Refusal } from '../../core/errors.ts';
import type { PolicyRule } from '../../core/model/model-policy.ts';
import type { TenantName } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { policyDocument } from './policy-document.ts';

/** Rules that a tenant may have. */
export const maxRules = 1000;

/**
 * Puts a rule in force, in the place of the one of its id; resolves once that is durable. Tells whether it is new.
 *
 * What is stored already stays, whatever the rule says of it. Refuses with `limitReached`, and a version that is not there.
 */
export async function setPolicyRule(
  broker: Broker,
  tenant: TenantName,
  rule: PolicyRule,
): Promise<'created' | 'replaced'> {
  const { rules, shelf } = broker.models.of(tenant);
  const known = rules.some(({ id }) => id === rule.id);
  if (!known && rules.length >= maxRules) {
    throw new Refusal({ kind: 'limitReached', what: 'rules of the policy of models', limit: maxRules });
  }
  if (rule.type !== undefined && rule.version !== undefined && shelf.get(rule.type, rule.version) === undefined) {
    const versions = shelf.versionsOf(rule.type).map(({ version }) => version);
    throw invalidRequest(
      `there is no version ${rule.version} of a model of ${rule.type}; there are: ${versions.join(', ') || 'none'}`,
    );
  }
  await broker.stores
    .tenant(tenant)
    .documents('modelPolicy')
    .put([policyDocument(rule)]);
  return known ? 'replaced' : 'created';
}

/** Takes a rule out of force; refuses with `modelRuleNotFound`. */
export async function removePolicyRule(broker: Broker, tenant: TenantName, id: string): Promise<void> {
  if (!broker.models.of(tenant).rules.some((rule) => rule.id === id)) throw new Refusal({ kind: 'modelRuleNotFound' });
  await broker.stores.tenant(tenant).documents('modelPolicy').remove([id]);
}
