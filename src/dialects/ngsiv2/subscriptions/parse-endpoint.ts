import { invalidRequest } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import { textMember } from '../json-members.ts';
import type { TargetDocument } from './subscription-document.ts';
import type { EndpointProtocol, SubscriptionRules } from './subscription-rules.ts';

/**
 * Extension: `endpoint` in the place of `url` names an address that the operator keeps, together with the secrets that go
 * with it, so that neither is in a subscription. Undefined where there is none; Orion knows no such member.
 */
export function parseEndpoint(
  protocol: EndpointProtocol,
  body: JsonObject,
  { hasEndpoint }: Pick<SubscriptionRules, 'hasEndpoint'>,
): TargetDocument | undefined {
  const endpoint = textMember(body, 'endpoint');
  if (endpoint === undefined) return undefined;
  if (body.url !== undefined) throw invalidRequest('only one of url or endpoint is allowed');
  if (!hasEndpoint(protocol, endpoint)) throw invalidRequest(`unknown ${protocol} endpoint: ${endpoint}`);
  return { endpoint };
}
