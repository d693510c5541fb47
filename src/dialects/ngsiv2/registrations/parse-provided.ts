import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { checkIdentifier } from '../identifiers.ts';
import { listMember, requiredTextMember } from '../json-members.ts';
import { parseEntities } from '../subscriptions/parse-subject.ts';
import type { TextRules } from '../text-rules.ts';
import type { AreaDocument, ProvidedDocument } from './registration-document.ts';

/** The `dataProvided` of a registration: which attributes of which entities. [V2 registration dataProvided] */
export function parseProvided(body: JsonValue, rules: TextRules): ProvidedDocument {
  if (!isJsonObject(body)) throw invalidRequest('/dataProvided/ must be a JSON object');
  if (Object.keys(body).length === 0) throw invalidRequest('/dataProvided/ is empty');
  const { entities = [], expression } = body;
  const attrs = listMember(body, 'attrs') ?? [];
  for (const name of attrs) checkIdentifier('attribute name', name, rules);
  return {
    entities: parseEntities(entities, rules),
    attrs,
    ...(expression !== undefined && { expression: parseArea(expression) }),
  };
}

const areaMembers = ['georel', 'geometry', 'coords'];

/** An `expression` says where the entities are, and nothing else. What it means shows when it is read. */
function parseArea(body: JsonValue): AreaDocument {
  if (!isJsonObject(body)) throw invalidRequest('expression is not an object');
  const stray = Object.keys(body).find((member) => !areaMembers.includes(member));
  if (stray !== undefined) {
    throw invalidRequest(`/${stray}/ in expression of /dataProvided/: there are ${areaMembers.join(', ')}`);
  }
  return { georel: part(body, 'georel'), geometry: part(body, 'geometry'), coords: part(body, 'coords') };
}

function part(body: JsonObject, member: string): string {
  return requiredTextMember(body, member, `${member} in expression of /dataProvided/`);
}
