import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EntitySelector } from '../../core/query/query.ts';
import { compileTextPattern, PatternError, type TextPattern } from '../../core/query/text-pattern.ts';
import { checkIdentifier } from './identifiers.ts';
import type { TextRules } from './text-rules.ts';
import type { UriParameters } from './uri-parameters.ts';

/** Which entities `id`, `idPattern`, `type` and `typePattern` of a URL mean: at most one selector. [V2 list entities] */
export function parseSelectorParameters(parameters: UriParameters): readonly EntitySelector[] {
  const ids = listOf(parameters.get('id'));
  const types = listOf(parameters.get('type'));
  const idPattern = parameters.get('idPattern');
  const typePattern = parameters.get('typePattern');
  if (ids !== undefined && idPattern !== undefined) throw invalidRequest('Incompatible parameters: id, IdPattern');
  if (types !== undefined && typePattern !== undefined) {
    throw invalidRequest('Incompatible parameters: type, typePattern');
  }
  const selector = {
    ...(ids !== undefined && { ids }),
    ...(types !== undefined && { types }),
    ...patternMembers(idPattern, typePattern),
  };
  return Object.keys(selector).length === 0 ? [] : [selector];
}

/** The `entities` of a query operation: any of them. [V2 query operation] */
export function parseSelectors(body: JsonValue, rules: TextRules): readonly EntitySelector[] {
  if (!Array.isArray(body)) throw invalidRequest('not a JSON array');
  return (body as readonly JsonValue[]).map((item) => {
    if (!isJsonObject(item)) throw invalidRequest('entity is not a JSON object');
    return parseSelector(item, rules);
  });
}

function parseSelector(item: JsonObject, rules: TextRules): EntitySelector {
  const { id, idPattern, type, typePattern, ...others } = item;
  if (id !== undefined && idPattern !== undefined) throw invalidRequest('both /id/ and /idPattern/ present');
  if (id === undefined && idPattern === undefined) throw invalidRequest('nor /id/ nor /idPattern/ present');
  if (type !== undefined && typePattern !== undefined) throw invalidRequest('both /type/ and /typePattern/ present');
  if (Object.keys(others).length > 0) throw invalidRequest('no attributes allowed in Entity in this payload');
  const idText = textOf(id, 'id');
  const typeText = textOf(type, 'type');
  if (idText !== undefined) checkIdentifier('entity id', idText, rules);
  if (typeText !== undefined) checkIdentifier('entity type', typeText, rules);
  return {
    ...(idText !== undefined && { ids: [idText] }),
    ...(typeText !== undefined && { types: [typeText] }),
    ...patternMembers(textOf(idPattern, 'idPattern'), textOf(typePattern, 'typePattern')),
  };
}

function textOf(value: JsonValue | undefined, member: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw invalidRequest(`Invalid JSON type for entity ${member}`);
}

function patternMembers(idPattern: string | undefined, typePattern: string | undefined): EntitySelector {
  const ids = patternOf(idPattern, 'idPattern');
  const types = patternOf(typePattern, 'typePattern');
  return { ...(ids !== undefined && { idPattern: ids }), ...(types !== undefined && { typePattern: types }) };
}

/** The pattern, or undefined for one that everything matches: clients send `.*` where they mean all. */
export function patternOf(source: string | undefined, member: string): TextPattern | undefined {
  if (source === undefined || source === '.*' || source === '^.*$') return undefined;
  try {
    return compileTextPattern(source);
  } catch (error) {
    if (error instanceof PatternError) throw invalidRequest(`Invalid regex for entity ${member}`);
    throw error;
  }
}

/** The items of a comma list, without repetition; undefined where there is no list. */
function listOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  if (text !== '' && !text.includes(',')) return [text];
  return [...new Set(text.split(',').filter((item) => item !== ''))];
}
