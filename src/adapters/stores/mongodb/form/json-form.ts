import type { JsonObject, JsonValue } from '../../../../core/json.ts';
import { decodeMemberName, encodeMemberName } from './member-name.ts';
import { decodeText, encodeText } from './text-form.ts';

/** A JSON value as MongoDB keeps it: members named by `encodeMemberName`, texts by `encodeText`, -0 as 0 as JSON has it. */
export type JsonForm = null | boolean | number | string | readonly JsonForm[] | { readonly [field: string]: JsonForm };

/** Cost: one walk through the value, which is copied. */
export function encodeJson(value: JsonValue): JsonForm {
  switch (typeof value) {
    case 'string':
      return encodeText(value);
    case 'number':
      return value === 0 ? 0 : value;
    case 'boolean':
      return value;
    default:
      if (value === null) return null;
      return isArray<JsonValue>(value) ? value.map(encodeJson) : encodeObject(value);
  }
}

/** A null in place of a prototype, so that a field of any name is a field. */
export function encodeObject(value: JsonObject): { readonly [field: string]: JsonForm } {
  const fields: { [field: string]: JsonForm } = Object.create(null);
  for (const [name, member] of Object.entries(value)) fields[encodeMemberName(name)] = encodeJson(member);
  return fields;
}

/** The exact inverse of `encodeJson`. */
export function decodeJson(form: JsonForm): JsonValue {
  if (typeof form === 'string') return decodeText(form);
  if (typeof form !== 'object' || form === null) return form;
  return isArray<JsonForm>(form) ? form.map(decodeJson) : decodeObject(form);
}

export function decodeObject(fields: { readonly [field: string]: JsonForm }): JsonObject {
  const value: { [member: string]: JsonValue } = {};
  for (const field of Object.keys(fields)) {
    const name = decodeMemberName(field);
    const member = decodeJson(fields[field] as JsonForm);
    if (name === '__proto__') {
      Object.defineProperty(value, name, { value: member, enumerable: true, configurable: true, writable: true });
    } else value[name] = member;
  }
  return value;
}

function isArray<Element>(value: readonly Element[] | object): value is readonly Element[] {
  return Array.isArray(value);
}
