import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { invalidJson } from '../../core/parse-json.ts';
import { textMember } from './json-members.ts';
import { hasForbiddenCharacter, type TextRules } from './text-rules.ts';

/** Bytes a description may have. */
const maxDescriptionLength = 1024;

/** What a client can choose for an id, URNs among them: no character of it means anything in a URL. */
const idForm = /^[A-Za-z0-9_.:-]{1,256}$/;

/** What the body of a subscription or a registration names; one that names nothing is refused. */
export function membersOf(body: JsonValue): JsonObject {
  if (!isJsonObject(body)) throw invalidJson();
  if (Object.keys(body).length === 0) throw invalidRequest('empty payload');
  return body;
}

/** Extension: the id that the client chooses. */
export function parseId(members: JsonObject): string | undefined {
  const id = textMember(members, 'id');
  if (id !== undefined && !idForm.test(id)) {
    throw invalidRequest('id must have 1 to 256 characters: letters, digits, hyphens, underscores, dots and colons');
  }
  return id;
}

/** Refused: one that is too long, or has a character that no text of the API may have. */
export function parseDescription(members: JsonObject, rules: TextRules): string | undefined {
  const description = textMember(members, 'description');
  if (description === undefined) return undefined;
  if (Buffer.byteLength(description) > maxDescriptionLength) throw invalidRequest('max description length exceeded');
  if (hasForbiddenCharacter(description, rules)) throw invalidRequest('forbidden characters in description');
  return description;
}
