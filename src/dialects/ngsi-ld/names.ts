import { invalidRequest } from '../../core/errors.ts';
import type { Vocabulary } from '../../core/names/vocabulary.ts';

/** Members of an entity that are no attributes. [LD 4.5.1] */
const entityMembers: ReadonlySet<string> = new Set([
  'id',
  'type',
  'scope',
  '@id',
  '@type',
  '@context',
  'createdAt',
  'modifiedAt',
  'deletedAt',
  'expiresAt',
]);

/** Members of an attribute that answers and notifications alone have. [LD 5.2.5] [LD 5.2.6] */
export const outputMembers: readonly string[] = [
  'entity',
  'entityList',
  'previousValue',
  'previousObject',
  'previousLanguageMap',
  'previousVocab',
  'previousJson',
  'previousValueList',
  'previousObjectList',
];

/** Members of an attribute that are no sub-attributes: those of every kind, their payloads, and what only answers have. [LD 4.5.2] */
const attributeMembers: ReadonlySet<string> = new Set([
  ...entityMembers,
  'value',
  'object',
  'languageMap',
  'vocab',
  'json',
  'valueList',
  'objectList',
  'valueType',
  'objectType',
  'unitCode',
  'observedAt',
  'datasetId',
  'instanceId',
  'lang',
  ...outputMembers,
]);

export function isEntityMember(name: string): boolean {
  return entityMembers.has(name);
}

export function isAttributeMember(name: string): boolean {
  return attributeMembers.has(name);
}

const simpleName = /^\p{L}[\p{L}\p{N}_]*$/u;
const prefixedName = /^\p{L}[\p{L}\p{N}_-]*:[^\s<>"{}|\\^`]+$/u;

/**
 * The name under which a type or an attribute that a client writes is kept. Refuses what is no name: letters, digits and
 * underscores after a letter, with or without a prefix, or an IRI. [LD 4.6.2]
 */
export function parseName(what: string, name: string, vocabulary: Vocabulary): string {
  if (!simpleName.test(name) && !prefixedName.test(name)) {
    throw invalidRequest(
      `${JSON.stringify(name)} is no ${what}: it has letters, digits and underscores after a letter, or is an IRI`,
    );
  }
  return vocabulary.expand(name);
}

/** As `parseName`, for an attribute; refuses the names of what is kept beside values. [LD 4.5.1] */
export function parseAttributeName(name: string, vocabulary: Vocabulary): string {
  if (isAttributeMember(name)) throw invalidRequest(`${name} is a member of NGSI-LD and no name of an attribute`);
  return parseName('name of an attribute', name, vocabulary);
}
