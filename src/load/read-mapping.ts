import { readFile } from 'node:fs/promises';
import { Errors } from 'typebox/value';
import { at } from './compile-attribute.ts';
import { compileMapping, type RowMapper } from './compile-mapping.ts';
import { type Mapping, mappingSchema } from './mapping.ts';
import { MappingError } from './mapping-error.ts';
import { textDecoder } from './sources/text-decoder.ts';
import { compileTemplate } from './template.ts';
import { compileUnpivot } from './unpivot.ts';

/** A mapping that has been checked, ready to run. */
export interface RunnableMapping {
  readonly file: string;
  readonly mapping: Mapping;
  readonly map: RowMapper;
}

/** Reads and checks a mapping file; throws a `MappingError` that says where it is wrong and what would be right. */
export async function readMapping(file: string): Promise<RunnableMapping> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new MappingError(file, '', `cannot be read: ${messageOf(error)}`);
  }
  return parseMapping(file, text);
}

/** As `readMapping`, of a text; `file` is for the messages. */
export function parseMapping(file: string, text: string): RunnableMapping {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MappingError(file, '', `is not JSON: ${messageOf(error)}`);
  }
  const mapping = checkForm(file, parsed);
  try {
    checkShape(mapping);
    return { file, mapping, map: compileMapping(mapping) };
  } catch (error) {
    throw new MappingError(file, '', messageOf(error));
  }
}

/** What is compiled anew for each load must be known to compile. */
function checkShape({ source, unpivot, joins = [] }: Mapping): void {
  at('source.encoding', () => textDecoder(source.encoding ?? 'utf-8'));
  if (unpivot !== undefined) at('unpivot', () => compileUnpivot(unpivot));
  for (const [index, join] of joins.entries()) {
    at(`joins[${index}].source.encoding`, () => textDecoder(join.source.encoding ?? 'utf-8'));
    at(`joins[${index}].key`, () => compileTemplate(join.key));
    at(`joins[${index}].sourceKey`, () => compileTemplate(join.sourceKey));
  }
}

function checkForm(file: string, parsed: unknown): Mapping {
  const errors = [...Errors(mappingSchema, parsed)];
  if (errors.length === 0) return parsed as Mapping;

  // Deepest first: "must be string" at a member says more than "must match a schema in anyOf" above it. A member
  // that is not known comes before all, since it is often a misspelling of the one that is missed.
  const unknown = errors.find((error) => error.keyword === 'additionalProperties');
  const [deepest] = errors
    .filter((error) => error.keyword !== 'boolean')
    .sort((a, b) => depth(b.instancePath) - depth(a.instancePath));
  const error = unknown ?? deepest;
  if (error === undefined) throw new MappingError(file, '', 'is not a mapping');
  const path = pathOf(error.instancePath);
  if (error.keyword === 'additionalProperties') {
    const [member = ''] = error.params.additionalProperties;
    throw new MappingError(
      file,
      path === '' ? member : `${path}.${member}`,
      'is not known; docs/loading-data.md lists what is',
    );
  }
  if (error.keyword === 'required') {
    throw new MappingError(file, path, `needs ${error.params.requiredProperties.join(', ')}`);
  }
  if (error.keyword === 'enum') {
    throw new MappingError(file, path, `must be one of ${error.params.allowedValues.join(', ')}`);
  }
  throw new MappingError(file, path, error.message);
}

function depth(pointer: string): number {
  return pointer.split('/').length;
}

/** A JSON pointer as `attributes.no2.from`, `joins[0].name`. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`), '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
