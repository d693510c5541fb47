import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { isIdentifier, maxIdentifierLength } from '../identifiers.ts';
import { isArray, textMember } from '../json-members.ts';
import type { TextRules } from '../text-rules.ts';
import { anyChange, parseCondition } from './parse-condition.ts';
import type { EntityDocument, SubjectDocument } from './subscription-document.ts';
import type { SubscriptionRules } from './subscription-rules.ts';

/** The `subject` of a subscription: which entities, and when. [V2 subscription subject] */
export function parseSubject(body: JsonValue, rules: SubscriptionRules): SubjectDocument {
  if (!isJsonObject(body)) throw invalidRequest('subject is not an object');
  const { entities, condition } = body;
  if (entities === undefined) throw invalidRequest('no subject entities specified');
  const parsed = parseEntities(entities, rules.text);
  if (parsed.length === 0) throw invalidRequest('subject entities is empty');
  return { entities: parsed, condition: condition === undefined ? anyChange : parseCondition(condition, rules) };
}

/** The `entities` of a subscription or registration: without repetition. */
export function parseEntities(body: JsonValue, rules: TextRules): readonly EntityDocument[] {
  if (!isArray(body)) throw invalidRequest('/entities/ is not an array');
  const entities = new Map<string, EntityDocument>();
  for (const item of body) {
    if (!isJsonObject(item)) throw invalidRequest('/entities/ vector item is not an object');
    const entity = parseEntity(item, rules);
    entities.set(JSON.stringify(entity), entity);
  }
  return [...entities.values()];
}

function parseEntity(item: JsonObject, rules: TextRules): EntityDocument {
  if (item.id === undefined && item.idPattern === undefined) {
    throw invalidRequest('/entities/ vector item does not have /id/ nor /idPattern/');
  }
  if (item.id !== undefined && item.idPattern !== undefined) {
    throw invalidRequest('/entities/ vector item has both /id/ and /idPattern/');
  }
  if (item.type !== undefined && item.typePattern !== undefined) {
    throw invalidRequest('/entities/ element has both /type/ and /typePattern/');
  }
  const id = textMember(item, 'id', '/entities/ vector item /id/');
  if (id === '') throw invalidRequest('/entities/ element id is empty');
  if (id !== undefined) checkIdentifier('id', id, rules);
  const idPattern = patternMember(item, 'idPattern');
  const type = textMember(item, 'type', '/entities/ vector item type');
  if (type === '') throw invalidRequest('entity type length: 0, min length supported: 1');
  if (type !== undefined) checkIdentifier('type', type, rules);
  const typePattern = patternMember(item, 'typePattern');
  return {
    ...(id !== undefined && { id }),
    ...(idPattern !== undefined && { idPattern }),
    ...(type !== undefined && { type }),
    ...(typePattern !== undefined && { typePattern }),
  };
}

/** Whether it is a pattern shows when it is compiled. */
function patternMember(item: JsonObject, member: 'idPattern' | 'typePattern'): string | undefined {
  const pattern = textMember(item, member, `/entities/ vector item /${member}/`);
  if (pattern === '') throw invalidRequest(`/entities/ vector item /${member}/ is empty`);
  return pattern;
}

function checkIdentifier(member: 'id' | 'type', text: string, rules: TextRules): void {
  if (!isIdentifier(text, rules)) {
    throw invalidRequest(`forbidden characters in /entities/ vector item /${member}/`);
  }
  if (text.length > maxIdentifierLength) {
    throw invalidRequest(`max ${member} length exceeded in /entities/ vector item /${member}/`);
  }
}
