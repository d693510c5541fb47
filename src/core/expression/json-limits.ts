import type { JsonValue } from '../json.ts';
import type { Effort } from './effort.ts';

/** How many levels of arrays and objects a value may have that comes out of an expression. */
const maxLevels = 100;

/** Tells whether a value is one that JSON can write, and nests no deeper than can be written. */
export function withinJsonLimits(value: JsonValue, levels = maxLevels): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((each: JsonValue) => withinJsonLimits(each, levels - 1));
}

/**
 * Pays for a value as long as it is written, so that a list that has one long text a thousand times costs what it will take.
 * False where it nests too deep.
 */
export function payFor(value: JsonValue, effort: Effort, levels = maxLevels): boolean {
  if (typeof value === 'string') effort.spend(value.length);
  else effort.spend(1);
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((item: JsonValue) => payFor(item, effort, levels - 1));
  for (const [name, member] of Object.entries(value)) {
    effort.spend(name.length);
    if (!payFor(member, effort, levels - 1)) return false;
  }
  return true;
}
