import { defaultEntityType, type EntityDraft } from '../../core/change/entity-draft.ts';
import { type AttributeWrite, expiryName } from '../../core/change/mutation.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { invalidJson } from '../../core/parse-json.ts';
import { checkIdentifier } from './identifiers.ts';
import { type PayloadForm, type PayloadReading, parseAttributeMember } from './parse-attribute.ts';
import { parseExpiry } from './parse-expiry.ts';
import { compatibleText, type TextRules } from './text-rules.ts';

/** The attributes of one entity as a client wrote them. */
export interface ParsedAttributes {
  readonly writes: readonly AttributeWrite[];
  /** As in `WriteOptions`; absent where the client said nothing of `dateExpires`. */
  readonly expiresAt?: EpochMs | null;
}

/** The body of `POST /v2/entities`; the type is always given, `Thing` where the client gave none. [V2 create entity] */
export function parseEntity(body: JsonValue, form: PayloadForm, rules: TextRules = compatibleText): EntityDraft {
  if (!isJsonObject(body)) throw invalidJson();
  if (Object.keys(body).length === 0) throw invalidRequest('empty payload');
  const { id, type = defaultEntityType, ...attributes } = body;
  if (id === undefined) throw invalidRequest('no entity id specified');
  if (typeof id !== 'string') throw invalidRequest('invalid JSON type for entity id');
  if (typeof type !== 'string') throw invalidRequest('invalid JSON type for entity type');
  const parsed = parseMembers(attributes, { form, rules, creates: true });
  checkIdentifier('entity id', id, rules);
  checkIdentifier('entity type', type, rules);
  return { id, types: [type], ...parsed };
}

/** The body of POST, PATCH and PUT on `/v2/entities/{id}/attrs`: attributes alone, at least one. [V2 update attributes] */
export function parseAttributes(
  body: JsonValue,
  form: PayloadForm,
  rules: TextRules = compatibleText,
): ParsedAttributes {
  if (!isJsonObject(body)) throw invalidJson();
  if (Object.hasOwn(body, 'id')) throw invalidRequest('entity id specified in payload');
  if (Object.hasOwn(body, 'type')) throw invalidRequest('entity type specified in payload');
  if (Object.keys(body).length === 0) throw invalidRequest('empty payload');
  return parseMembers(body, { form, rules, creates: false });
}

/** The body of `PUT /v2/entities/{id}/attrs/{name}`. The name `dateExpires` takes `parseExpiry`. [V2 update attribute data] */
export function parseAttribute(name: string, body: JsonValue, rules: TextRules = compatibleText): AttributeWrite {
  if (!isJsonObject(body)) throw invalidJson();
  return parseAttributeMember(name, body, { form: 'normalized', rules, creates: false });
}

/** The attributes of a payload, in its order; `isOther` tells which of its members are none. */
export function parseMembers(
  members: JsonObject,
  reading: PayloadReading,
  isOther?: (name: string) => boolean,
): ParsedAttributes {
  const writes: AttributeWrite[] = [];
  let expiresAt: EpochMs | null | undefined;
  for (const name of Object.keys(members)) {
    if (isOther?.(name) === true) continue;
    const member = members[name] as JsonValue;
    if (name === expiryName) expiresAt = parseExpiry(member, reading.form);
    else writes.push(parseAttributeMember(name, member, reading));
  }
  return expiresAt === undefined ? { writes } : { writes, expiresAt };
}
