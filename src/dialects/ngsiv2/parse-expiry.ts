import type { EpochMs } from '../../core/entity/entity.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { PayloadForm } from './parse-attribute.ts';
import { parseDate } from './parse-date-time.ts';
import { isDateTimeType } from './special-types.ts';

/**
 * When the entity expires, from a payload's `dateExpires`; null (no value, or an empty one): never. It must be a date, of
 * type `DateTime` where a type is given; its metadata mean nothing and are dropped. [V2 transient entities]
 */
export function parseExpiry(body: JsonValue, form: PayloadForm): EpochMs | null {
  if (form === 'keyValues') return parseMoment(body);
  if (!isJsonObject(body)) throw invalidRequest('attribute must be a JSON object, unless keyValues option is used');
  const { type = 'DateTime', value = null } = body;
  if (typeof type !== 'string') throw invalidRequest('invalid JSON type for attribute type');
  if (!isDateTimeType(type)) throw invalidRequest('error processing date expiration attribute, see log traces');
  return parseMoment(value);
}

function parseMoment(value: JsonValue): EpochMs | null {
  return value === null || value === '' ? null : parseDate(value);
}
