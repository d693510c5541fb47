import type { BatchAction } from '../../core/change/batch-action.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import { expiryName } from '../../core/change/mutation.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { invalidJson } from '../../core/parse-json.ts';
import { alterations } from '../../core/subscription/subscription.ts';
import { checkIdentifier } from './identifiers.ts';
import type { NgsiOption } from './options-parameter.ts';
import type { PayloadReading } from './parse-attribute.ts';
import { type ParsedAttributes, parseMembers } from './parse-entity.ts';
import { compatibleText, type TextRules } from './text-rules.ts';

/** What `POST /v2/op/update` asks for. */
export interface BatchUpdate {
  readonly action: BatchAction;
  /** For `delete` the writes say nothing but the names of attributes, and `expiresAt` is null where `dateExpires` was named. */
  readonly drafts: readonly EntityDraft[];
}

/** Words of `actionType`; those in upper case are of the API before NGSIv2. [V2 update operation] */
const actions: ReadonlyMap<string, BatchAction> = new Map([
  ['append', 'append'],
  ['appendStrict', 'appendStrict'],
  ['update', 'update'],
  ['delete', 'delete'],
  ['replace', 'replace'],
  ['APPEND', 'append'],
  ['APPEND_STRICT', 'appendStrict'],
  ['UPDATE', 'update'],
  ['DELETE', 'delete'],
  ['REPLACE', 'replace'],
]);

/** The body of `POST /v2/op/update`. [V2 update operation] */
export function parseUpdateOperation(
  body: JsonValue,
  options: ReadonlySet<NgsiOption>,
  rules: TextRules = compatibleText,
): BatchUpdate {
  const { entities, actionType } = membersOf(body, ['entities', 'actionType']);
  if (!Array.isArray(entities)) throw invalidRequest('not a JSON array');
  const action = typeof actionType === 'string' ? actions.get(actionType) : undefined;
  if (action === undefined) {
    throw invalidRequest('invalid update action type: right ones are: append, appendStric, delete, replace, update');
  }
  const reading: PayloadReading = {
    form: options.has('keyValues') ? 'keyValues' : 'normalized',
    rules,
    creates: false,
  };
  const items = entities as readonly JsonValue[];
  if (items.length === 0) throw invalidRequest('empty entities vector');
  const parseRest = (members: JsonObject) =>
    action === 'delete' ? namesOf(members, rules) : parseMembers(members, reading, isReference);
  return { action, drafts: items.map((item) => parseDraft(item, rules, parseRest)) };
}

/** What a notification says of one entity. */
export interface ParsedNotice {
  readonly draft: EntityDraft;
  /** It was deleted: the built-in attribute `alterationType` says so. [V2 builtin attributes] */
  readonly deleted: boolean;
}

/**
 * The body of `POST /v2/op/notify`: what another broker notifies. Only in the normalized form. Built-in attributes that only a
 * notification has, and those that say when the other broker wrote, are no attributes here. [V2 notify operation]
 */
export function parseNotification(
  body: JsonValue,
  options: ReadonlySet<NgsiOption> = noOptions,
  rules: TextRules = compatibleText,
): readonly ParsedNotice[] {
  if (options.has('keyValues')) throw invalidRequest('Invalid value for URI param /options/');
  const { subscriptionId, data } = membersOf(body, ['subscriptionId', 'data']);
  if (typeof subscriptionId !== 'string') throw invalidRequest('/subscriptionId/ must be a JSON String');
  if (!Array.isArray(data)) throw invalidRequest('/data/ must be a JSON Array');
  const reading: PayloadReading = { form: 'normalized', rules, creates: false };
  return (data as readonly JsonValue[]).map((item) => {
    if (!isJsonObject(item)) throw invalidRequest('notification data vector item must be a JSON Object');
    const { alterationType, ...rest } = withoutTimes(item);
    const alteration = isJsonObject(alterationType) ? alterationType.value : undefined;
    const isBuiltin = alterations.some((known) => known === alteration);
    const draft = parseDraft(isBuiltin ? rest : withoutTimes(item), rules, (members) =>
      parseMembers(members, reading, isReference),
    );
    return { draft, deleted: alteration === 'entityDelete' };
  });
}

/** When it was made and changed is what each broker says for itself, and where it is says the header. */
function withoutTimes(item: JsonObject): JsonObject {
  const { dateCreated: _, dateModified: __, servicePath: ___, ...rest } = item;
  return rest;
}

const noOptions: ReadonlySet<NgsiOption> = new Set();

/** The members of a body that must have exactly these. */
function membersOf(body: JsonValue, mandatory: readonly string[]): JsonObject {
  if (!isJsonObject(body)) throw invalidJson();
  const members = Object.keys(body);
  if (members.length === 0) throw invalidRequest('empty payload');
  for (const member of mandatory) {
    if (!Object.hasOwn(body, member)) {
      throw invalidRequest(`Invalid JSON payload, mandatory field /${member}/ not found`);
    }
  }
  for (const member of members) {
    if (!mandatory.includes(member)) throw invalidRequest(`Unrecognized field in JSON payload: /${member}/`);
  }
  return body;
}

/** The members of an entity that say which one it is. */
function isReference(member: string): boolean {
  return member === 'id' || member === 'type';
}

/** `parseRest` is given all members; those of `isReference` are none of its concern. */
function parseDraft(
  item: JsonValue,
  rules: TextRules,
  parseRest: (members: JsonObject) => ParsedAttributes,
): EntityDraft {
  if (!isJsonObject(item)) throw invalidRequest('entity is not a JSON object');
  const { id, type } = item;
  if (id === undefined) {
    throw invalidRequest(
      Object.hasOwn(item, 'idPattern')
        ? 'idPattern is not allowed in this payload'
        : 'nor /id/ nor /idPattern/ present',
    );
  }
  if (typeof id !== 'string') throw invalidRequest('Invalid JSON type for entity id');
  checkIdentifier('entity id', id, rules);
  if (type !== undefined && typeof type !== 'string') throw invalidRequest('Invalid JSON type for entity type');
  if (type !== undefined) checkIdentifier('entity type', type, rules);
  return { id, types: type === undefined ? [] : [type], ...parseRest(item) };
}

/** What is to be deleted: the value of a member says nothing. */
function namesOf(members: JsonObject, rules: TextRules): ParsedAttributes {
  const names = Object.keys(members).filter((member) => !isReference(member));
  for (const name of names) checkIdentifier('attribute name', name, rules);
  const writes = names
    .filter((name) => name !== expiryName)
    .map((name) => ({
      name,
      content: { kind: 'property', value: null } as const,
      declaredType: undefined,
      subAttributes: undefined,
    }));
  return names.length === writes.length ? { writes } : { writes, expiresAt: null };
}
