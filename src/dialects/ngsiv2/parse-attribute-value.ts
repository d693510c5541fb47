import { type AttributeWrite, keepType } from '../../core/change/mutation.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseNumber } from './numbers.ts';
import { parseContent } from './parse-attribute.ts';
import { parseUpdateOperator } from './parse-update-operator.ts';
import { compatibleText, type TextRules } from './text-rules.ts';
import { checkValueText } from './value-text.ts';

/** The body of `PUT /v2/entities/{id}/attrs/{name}/value`, with what its `Content-Type` says of it. */
export interface ValueBody {
  readonly contentType: 'json' | 'text';
  readonly text: string;
}

/**
 * A bare value. JSON: an object or an array. Text: a text in quotes, or `true`, `false`, `null` or a number. The attribute
 * keeps its type, and the value is read as that type says; metadata stay. An object can be an update operator, as in any
 * other payload. [V2 update attribute value]
 */
export function parseAttributeValue(name: string, body: ValueBody, rules: TextRules = compatibleText): AttributeWrite {
  const value = body.contentType === 'json' ? parseCompound(body.text) : parseScalar(body.text);
  checkValueText('attribute value', value, rules);
  const read = (current: JsonValue, declaredType: string) => parseContent(declaredType, current, undefined, false);
  const operation = parseUpdateOperator(value, undefined, read);
  if (operation !== undefined) return { name, subAttributes: undefined, ...operation };
  return {
    name,
    content: { kind: 'property', value },
    declaredType: keepType,
    readContent: (_name, current, declaredType) => read(current, declaredType),
    subAttributes: undefined,
  };
}

function parseCompound(text: string): JsonValue {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) {
    throw invalidRequest('Neither JSON Object nor JSON Array for attribute::value');
  }
  return value;
}

function parseScalar(text: string): JsonValue {
  // What is between the quotes is the text as it is, without escapes.
  if (text.startsWith('"')) {
    if (text.length < 2 || !text.endsWith('"')) throw invalidRequest('Missing citation-mark at end of string');
    return text.slice(1, -1);
  }
  switch (text) {
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
  }
  const number = parseNumber(text);
  if (number === undefined) throw invalidRequest('attribute value type not recognized');
  return number;
}
