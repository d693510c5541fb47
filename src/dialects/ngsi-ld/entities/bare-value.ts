import type { PayloadReader } from '../../../core/change/attribute-patch.ts';
import type { AttributeContent } from '../../../core/change/mutation.ts';
import type { Attribute } from '../../../core/entity/entity.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../../core/json.ts';
import { isPlace, parsePayload, payloadMembers } from './payloads.ts';
import type { Reading } from './reading.ts';

/**
 * A bare value of the simplified representation: it is of the kind of the attribute that it meets; upon none, a place is a
 * GeoProperty, `{"languageMap": …}` and its like are what they say, and all else a Property. [LD 4.5.4] [LD 5.6.17]
 */
export function parseBareValue(value: JsonValue, where: string, reading: Reading): PayloadReader {
  return (current) => read(value, where, reading, current);
}

function read(value: JsonValue, where: string, reading: Reading, current: Attribute | undefined): AttributeContent {
  for (const kind of ['language', 'vocab', 'json'] as const) {
    const payload = isJsonObject(value) && Object.keys(value).length === 1 ? value[payloadMembers[kind]] : undefined;
    if (payload === undefined) continue;
    if (current !== undefined && current.kind !== kind) {
      throw invalidRequest(`${where}: the type of an attribute that is there cannot be changed`);
    }
    return parsePayload(kind, payload, where, reading);
  }
  if (current?.kind === 'language') {
    const { lang } = reading;
    if (lang === undefined) throw invalidRequest(`${where}: the language of the text is not given (parameter lang)`);
    const { languageMap } = parsePayload('language', { [lang]: value }, where, reading) as { languageMap: object };
    return { kind: 'language', languageMap: { ...current.languageMap, ...languageMap } };
  }
  if (current !== undefined) return parsePayload(current.kind, value, where, reading);
  return parsePayload(isPlace(value) ? 'geo' : 'property', value, where, reading);
}
