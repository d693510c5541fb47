import type { KeywordDefinition } from 'ajv';
import { canonicalJson } from '../../core/change/canonical-json.ts';
import type { JsonValue } from '../../core/json.ts';

/** `uniqueItems` in time linear in the list: AJV's own compares every item with every other. [JSON Schema 6.4.3] */
export const uniqueItems: KeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  errors: false,
  validate: (unique: boolean, items: readonly JsonValue[]) => !unique || items.length < 2 || areUnique(items),
};

function areUnique(items: readonly JsonValue[]): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const text = canonicalJson(item);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}
