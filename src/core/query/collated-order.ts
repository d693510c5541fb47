import { compareNumbers, kindOf, type ValueKind } from './compare-values.ts';
import type { Target } from './path-values.ts';

/** The kinds of value in the order of NGSI-LD; what is absent comes after all of them. [LD 4.23.2] */
export const collatedKinds = ['number', 'text', 'object', 'array', 'boolean', 'instant', 'null'] as const;

const ranks: ReadonlyMap<ValueKind, number> = new Map(collatedKinds.map((kind, rank) => [kind, rank]));

/** Compares two texts as a collation has them. */
export type TextCollator = (a: string, b: string) => number;

const collators = new Map<string, TextCollator>();

/** The collation of the Unicode Collation Algorithm with that BCP 47 tag; `und` is its root. Throws a `RangeError` for what is no tag. [LD 4.23.3] */
export function collatorOf(tag: string): TextCollator {
  let collator = collators.get(tag);
  if (collator === undefined) {
    collator = new Intl.Collator(localeOf(tag), { sensitivity: sensitivityOf(tag) }).compare;
    if (collators.size >= 100) collators.clear();
    collators.set(tag, collator);
  }
  return collator;
}

/** The platform falls back to its own locale for `und`, whose order is the root's; a constant one keeps the order everywhere the same. */
function localeOf(tag: string): string {
  const canonical = Intl.getCanonicalLocales(tag)[0] ?? 'en';
  return canonical.replace(/^und(?=-|$)/, 'en');
}

/** The strength that the tag asks for; the platform has an option for it. */
function sensitivityOf(tag: string): 'base' | 'accent' | 'variant' {
  const strength = /-ks-(level1|level2|level3|identic)/i.exec(tag)?.[1]?.toLowerCase();
  if (strength === 'level1') return 'base';
  return strength === 'level2' ? 'accent' : 'variant';
}

/** As `compareTargets`, in the order of NGSI-LD. Objects tie, arrays tie, nulls tie, and so does what is absent. */
export function compareCollated(a: Target | undefined, b: Target | undefined, collator: TextCollator): number {
  const rank = rankOf(a);
  const otherRank = rankOf(b);
  if (rank !== otherRank) return rank - otherRank;
  if (a === undefined || b === undefined) return 0;
  switch (kindOf(a)) {
    case 'number':
    case 'boolean':
      return compareNumbers(Number(a.value), Number(b.value));
    case 'instant':
      return compareNumbers(Number(a.instant), Number(b.instant));
    case 'text':
      return collator(String(a.value), String(b.value));
    case 'null':
    case 'object':
    case 'array':
      return 0;
  }
}

function rankOf(target: Target | undefined): number {
  return target === undefined ? collatedKinds.length : (ranks.get(kindOf(target)) ?? collatedKinds.length);
}
