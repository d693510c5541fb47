import { invalidRequest } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import { invalidJson, maxValueNesting } from '../../core/parse-json.ts';
import { hasForbiddenCharacter, type TextRules } from './text-rules.ts';

/**
 * Refuses a value that nests too deep or has text that the rules refuse, in strings and in names of members, however deep.
 * `where` names the value in the error text. [V2 general syntax restrictions]
 */
export function checkValueText(where: 'attribute value' | 'metadata value', value: JsonValue, rules: TextRules): void {
  check(where, value, rules, maxValueNesting);
}

function check(where: string, value: JsonValue, rules: TextRules, levels: number): void {
  if (typeof value === 'string') {
    if (hasForbiddenCharacter(value, rules)) throw invalidRequest(`Invalid characters in ${where}`);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) throw invalidJson();
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) check(where, item, rules, levels - 1);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (hasForbiddenCharacter(name, rules)) throw invalidRequest(`Invalid characters in ${where}`);
    check(where, member, rules, levels - 1);
  }
}
