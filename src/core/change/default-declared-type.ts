import type { JsonValue } from '../json.ts';

/** The attribute type that NGSIv2 gives a value whose client declared none. [V2 attribute type] */
export function defaultDeclaredType(value: JsonValue): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'string':
      return 'Text';
    case 'number':
      return 'Number';
    case 'boolean':
      return 'Boolean';
    default:
      return 'StructuredValue';
  }
}
