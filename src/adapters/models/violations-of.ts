import type { ErrorObject } from 'ajv';
import type { JsonValue } from '../../core/json.ts';
import { escapePointer } from '../../core/model/schema-keywords.ts';
import { briefly, maxViolations, type Violation } from '../../core/model/violation.ts';

/** What AJV found, for people and programs: the first `maxViolations`, without what only explains another one. */
export function violationsOf(errors: readonly ErrorObject[], model: string): readonly Violation[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const violations: Violation[] = [];
  for (const error of errors) {
    if (violations.length === maxViolations) break;
    // `if` only says that its `then` was not met, which stands beside it.
    if (error.keyword === 'if' || choices.some((choice) => explains(error, choice))) continue;
    violations.push(violationOf(error, model));
  }
  return violations;
}

/** Why one of the forms was not met, where none was. */
function explains(error: ErrorObject, choice: ErrorObject): boolean {
  if (error === choice) return false;
  if (error.schemaPath.startsWith(`${choice.schemaPath}/`)) return true;
  if (choice.instancePath === '') return false;
  return (
    (error.instancePath === choice.instancePath || error.instancePath.startsWith(`${choice.instancePath}/`)) &&
    error.keyword !== 'anyOf' &&
    error.keyword !== 'oneOf'
  );
}

function violationOf(error: ErrorObject, model: string): Violation {
  const { keyword, instancePath, params } = error;
  const member: unknown =
    params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName;
  const path = typeof member === 'string' ? `${instancePath}/${escapePointer(member)}` : instancePath;
  const value = offendingValue(error, member);
  return {
    path,
    ...(value !== undefined && { value: briefly(value) }),
    rule: keyword,
    message: messageOf(error),
    model,
  };
}

function offendingValue({ keyword, data }: ErrorObject, member: unknown): JsonValue | undefined {
  if (keyword === 'required' || keyword === 'dependentRequired') return undefined;
  if (typeof member !== 'string') return data as JsonValue;
  return typeof data === 'object' && data !== null ? (data as Record<string, JsonValue>)[member] : undefined;
}

/** Most values of an enumeration that a message names. */
const maxNamed = 30;

function messageOf({ keyword, params, schema, message = '' }: ErrorObject): string {
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
      return 'must be there';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not part of the model';
    case 'enum': {
      const allowed = (schema as readonly JsonValue[]).map(shown);
      const more = allowed.length > maxNamed ? ` or ${allowed.length - maxNamed} others` : '';
      return `must be one of ${allowed.slice(0, maxNamed).join(', ')}${more}`;
    }
    case 'const':
      return `must be ${shown(params.allowedValue as JsonValue)}`;
    case 'type':
      return `must be of type ${[params.type as string | readonly string[]].flat().join(' or ')}`;
    case 'format':
      return `must be of the format ${params.format}`;
    case 'anyOf':
    case 'oneOf':
      return params.passingSchemas == null ? 'is of none of the forms that are allowed' : 'is of several forms at once';
    case 'uniqueItems':
      return 'must not have an item twice';
    case 'pattern':
      return `must match ${params.pattern}`;
    case 'minimum':
      return `must be at least ${params.limit}`;
    case 'maximum':
      return `must be at most ${params.limit}`;
    case 'exclusiveMinimum':
      return `must be above ${params.limit}`;
    case 'exclusiveMaximum':
      return `must be below ${params.limit}`;
    default:
      return message;
  }
}

function shown(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
