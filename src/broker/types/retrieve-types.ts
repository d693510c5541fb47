import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { TypeSummary } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';

/** The entity types below the request's scopes, by name. [V2 list entity types] */
export function retrieveTypes(broker: Broker, scope: RequestScope): Promise<readonly TypeSummary[]> {
  return broker.stores.tenant(scope.tenant).entities.summarizeTypes(scope.scopes);
}

/** One of them. Refuses with `typeNotFound`. [V2 retrieve entity type] */
export async function retrieveType(broker: Broker, scope: RequestScope, type: string): Promise<TypeSummary> {
  const summary = (await retrieveTypes(broker, scope)).find((candidate) => candidate.type === type);
  if (summary === undefined) throw new Refusal({ kind: 'typeNotFound' });
  return summary;
}
