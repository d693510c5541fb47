import type { PatchDraft } from '../../../core/change/apply.ts';
import { type NamedPatch, ngsiLdNull } from '../../../core/change/attribute-patch.ts';
import { noScopes } from '../../../core/change/patch-entity.ts';
import type { EpochMs } from '../../../core/entity/entity.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { Mutable } from '../../../core/mutable.ts';
import { isUri } from '../../../core/names/uri.ts';
import type { ScopePath } from '../../../core/scope.ts';
import { parseDateTime } from '../date-time.ts';
import { isEntityMember, parseName } from '../names.ts';
import { parseAttribute } from './parse-attribute.ts';
import { parseScopes } from './parse-scopes.ts';
import type { Reading } from './reading.ts';

/** What a client says of an entity whose id it gives elsewhere. [LD 5.4] */
export interface EntityFragment {
  /** Given where the payload has it. */
  readonly id?: string;
  readonly types: readonly string[];
  /** Absent: nothing is said of them. */
  readonly scopes?: readonly ScopePath[];
  readonly expiresAt?: EpochMs | null;
  readonly patches: readonly NamedPatch[];
}

/** A whole entity: with id and type. [LD 4.5.1] [LD 5.6.1] */
export function parseEntity(body: JsonValue, reading: Reading): PatchDraft {
  return wholeOf(parseFragment(body, reading));
}

/** What was read as a part of an entity, as a whole one. Refuses one that lacks id or type. [LD 4.5.1] */
export function wholeOf({ id, types, scopes = noScopes, expiresAt, patches }: EntityFragment): PatchDraft {
  if (id === undefined) throw invalidRequest('the entity has no id');
  if (types.length === 0) throw invalidRequest(`${id} has no type`);
  const draft = { id, types, scopes, patches };
  return typeof expiresAt === 'number' ? { ...draft, expiresAt } : draft;
}

/** Part of an entity. [LD 5.6.2] [LD 5.6.3] [LD 5.6.17] */
export function parseFragment(body: JsonValue, reading: Reading): EntityFragment {
  if (!isJsonObject(body)) throw invalidRequest('an entity must be a JSON object');
  const id = parseId(body);
  const expiresAt = parseExpiry(body.expiresAt, reading);
  const patches: NamedPatch[] = [];
  for (const term of Object.keys(body)) {
    if (!isEntityMember(term)) patches.push(...parseAttribute(term, body[term] ?? null, reading));
  }
  const fragment: Mutable<EntityFragment> = {
    types: parseTypes(body, reading),
    patches: withoutRepetitions(patches),
  };
  if (id !== undefined) fragment.id = id;
  if (body.scope !== undefined) fragment.scopes = parseScopes(body.scope, reading.nulls !== 'none');
  if (expiresAt !== undefined) fragment.expiresAt = expiresAt;
  return fragment;
}

function parseId(body: JsonObject): string | undefined {
  const id = body.id ?? body['@id'];
  if (id === undefined) return undefined;
  if (typeof id !== 'string' || !isUri(id) || id === ngsiLdNull) {
    throw invalidRequest(`${JSON.stringify(id)} is no id: an id must be a URI`);
  }
  return id;
}

function parseTypes(body: JsonObject, { vocabulary }: Reading): readonly string[] {
  const types = body.type ?? body['@type'];
  if (types === undefined) return [];
  const terms = Array.isArray(types) ? (types as readonly JsonValue[]) : [types];
  if (terms.length === 0) throw invalidRequest('type must be a text, or an array of at least one');
  const names = terms.map((term) => {
    if (typeof term !== 'string' || term === ngsiLdNull)
      throw invalidRequest(`${JSON.stringify(term)} is no type of an entity`);
    return parseName('type of an entity', term, vocabulary);
  });
  return names.length === 1 ? names : [...new Set(names)];
}

function parseExpiry(value: JsonValue | undefined, { nulls }: Reading): EpochMs | null | undefined {
  if (value === undefined) return undefined;
  return value === ngsiLdNull && nulls !== 'none' ? null : parseDateTime(value, 'expiresAt');
}

/** Two terms of a context may mean one attribute: then the last one counts, as of a member given twice. */
function withoutRepetitions(patches: readonly NamedPatch[]): readonly NamedPatch[] {
  if (patches.length < 2) return patches;
  const byPlace = new Map(patches.map((patch) => [placeOf(patch), patch]));
  return byPlace.size === patches.length ? patches : [...byPlace.values()];
}

/** Neither names nor datasets have spaces. */
function placeOf({ name, datasetId }: NamedPatch): string {
  return datasetId === undefined ? name : `${name} ${datasetId}`;
}
