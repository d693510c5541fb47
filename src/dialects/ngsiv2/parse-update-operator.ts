import {
  type AttributeContent,
  type AttributeWrite,
  keepType,
  type UpdateOperation,
  type UpdateOperator,
  updateOperators,
} from '../../core/change/mutation.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';

const operators: ReadonlySet<string> = new Set(updateOperators);

type Operation = Pick<AttributeWrite, 'content' | 'declaredType' | 'readContent'>;
type Read = (value: JsonValue, declaredType: string) => AttributeContent;

/**
 * The update operator that a value is: an object with exactly one of them, or with `$set` and `$unset` together; else
 * undefined, and the value is just a value. Without a type the attribute keeps its own. [V2 update operators]
 */
export function parseUpdateOperator(value: JsonValue, type: string | undefined, read: Read): Operation | undefined {
  const content = operationOf(value);
  if (content === undefined) return undefined;
  return {
    content,
    declaredType: type ?? keepType,
    readContent: (_name, result, declaredType) => read(result, declaredType),
  };
}

function operationOf(value: JsonValue): UpdateOperation | undefined {
  if (!isJsonObject(value)) return undefined;
  const members = Object.keys(value);
  if (members.length === 2 && Object.hasOwn(value, '$set') && Object.hasOwn(value, '$unset')) {
    return setAndUnset(value.$set ?? null, value.$unset ?? null);
  }
  const [operator = ''] = members;
  if (members.length !== 1 || !isOperator(operator)) return undefined;
  return { kind: 'operation', operator, argument: value[operator] ?? null };
}

/** As no member is named twice, it makes no difference which goes first. [V2 combining $set and $unset] */
function setAndUnset(set: JsonValue, unset: JsonValue): UpdateOperation {
  if (isJsonObject(set) && isJsonObject(unset) && Object.keys(set).some((member) => Object.hasOwn(unset, member))) {
    throw invalidRequest('a sub-key cannot be in $set and in $unset at the same time');
  }
  return { kind: 'operation', operator: '$set', argument: set, unset };
}

function isOperator(text: string): text is UpdateOperator {
  return operators.has(text);
}
