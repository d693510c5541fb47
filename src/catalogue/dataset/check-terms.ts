import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { invalidRequest } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';

interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
}

/** Problems that one message tells of. */
const maxProblems = 5;

/**
 * Makes a check of JSON against a schema: it answers the value, or refuses with what is wrong, where, and what is meant
 * there, in the words of the schema's descriptions.
 */
export function termsCheck<Schema extends TSchema>(schema: Schema): (value: JsonValue) => Static<Schema> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return value as Static<Schema>;
    const problems = new Map<string, string>();
    for (const error of validator.Errors(value)) {
      for (const [place, problem] of problemsOf(error, schema as SchemaNode))
        if (!problems.has(place)) problems.set(place, problem);
    }
    const told = [...problems.values()].slice(0, maxProblems);
    throw invalidRequest(told.join('; '));
  };
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

function problemsOf({ keyword, instancePath, params }: SchemaError, schema: SchemaNode): [string, string][] {
  const { required, additional, allowed } = {
    required: (params as { requiredProperties?: readonly string[] }).requiredProperties,
    additional: (params as { additionalProperties?: readonly string[] }).additionalProperties,
    allowed: (params as { allowedValues?: readonly string[] }).allowedValues,
  };
  const path = instancePath.split('/').slice(1);
  if (required !== undefined) {
    return required.map((name) => at([...path, name], `is missing${meaning(schema, [...path, name])}`));
  }
  if (additional !== undefined) return additional.map((name) => at([...path, name], 'is not known here'));
  if (keyword === 'boolean') return [];
  if (keyword === 'enum' && Array.isArray(allowed)) return [at(path, `is none of ${allowed.join(', ')}`)];
  return [at(path, `is wrong${meaning(schema, path)}`)];
}

function at(path: readonly string[], problem: string): [string, string] {
  const place = path.length === 0 ? 'the body' : path.join('.');
  return [place, `${place} ${problem}`];
}

/** What is meant at the place: the description of the nearest schema around it. */
function meaning(schema: SchemaNode, path: readonly string[]): string {
  let node: SchemaNode | undefined = schema;
  let description: string | undefined;
  for (const step of path) {
    node = node?.properties?.[step] ?? node?.items;
    description = node?.description ?? description;
  }
  return description === undefined ? '' : `; it is: ${description}`;
}
