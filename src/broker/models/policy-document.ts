import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { type PolicyRule, type Severity, severities } from '../../core/model/model-policy.ts';
import type { StoredDocument } from '../../ports/document-store.ts';

/** A rule of a policy as it is kept. */
export function policyDocument({
  id,
  type,
  scope,
  mode,
  unknownAttributes,
  unknownTypes,
  version,
}: PolicyRule): StoredDocument {
  const document: JsonObject = {
    ...(type !== undefined && { type }),
    scope: { path: scope.path, subtree: scope.subtree },
    mode,
    unknownAttributes,
    unknownTypes,
    ...(version !== undefined && { version }),
  };
  return { id, document };
}

/** Throws for a document that is none of ours. */
export function readPolicyDocument({ id, document }: StoredDocument): PolicyRule {
  const { type, scope, mode, unknownAttributes, unknownTypes, version } = document;
  if (!isJsonObject(scope) || typeof scope.path !== 'string' || typeof scope.subtree !== 'boolean') {
    throw new Error('a rule needs a scope');
  }
  return {
    id,
    ...(typeof type === 'string' && { type }),
    scope: { path: scope.path, subtree: scope.subtree },
    mode: severity(mode),
    unknownAttributes: severity(unknownAttributes),
    unknownTypes: severity(unknownTypes),
    ...(typeof version === 'string' && { version }),
  };
}

function severity(value: JsonValue | undefined): Severity {
  const found = severities.find((one) => one === value);
  if (found === undefined) throw new Error(`${JSON.stringify(value)} is no severity`);
  return found;
}
