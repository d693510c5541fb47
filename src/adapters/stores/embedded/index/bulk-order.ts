import { compareTexts } from '../../../../core/query/compare-values.ts';

/*
 * The order of many entries at once. An insert finds its place through memory that is in no cache; sorting all of them takes a
 * fraction of that, so a load collects the entries and sorts them at its end.
 */

/** Entries that wait to be sorted in. */
export interface PendingEntries<Key> {
  readonly keys: Key[];
  readonly slots: number[];
  /** Keys that have come before, to be used again; some of them, where there are many. */
  readonly known: Map<Key, Key>;
}

/** The positions of the entries in the order of keys and, among equal keys, of sequences. */
export function orderOfNumbers(keys: readonly number[], sequenceAt: (position: number) => number): Uint32Array {
  const codes = Float64Array.from(keys);
  return positions(keys.length).sort(
    (a, b) => (codes[a] as number) - (codes[b] as number) || sequenceAt(a) - sequenceAt(b),
  );
}

/** The same for texts, by code point. Most pairs are told apart by the characters behind what all texts have in common. */
export function orderOfTexts(keys: readonly string[], sequenceAt: (position: number) => number): Uint32Array {
  const codes = codesOf(keys);
  return positions(keys.length).sort(
    (a, b) =>
      (codes[a] as number) - (codes[b] as number) ||
      compareTexts(keys[a] as string, keys[b] as string) ||
      sequenceAt(a) - sequenceAt(b),
  );
}

function positions(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, at) => at);
}

/** A number for each text that never tells two of them apart the wrong way round: six characters of one byte, or three others. */
function codesOf(keys: readonly string[]): Float64Array {
  const common = commonPrefix(keys);
  const codes = new Float64Array(keys.length);
  for (const [at, key] of keys.entries()) {
    let code = 0;
    for (let next = common; next < common + 6; next++) {
      const unit = next < key.length ? key.charCodeAt(next) : 0;
      if (unit > 0xff) return wideCodesOf(keys, common);
      code = code * 0x100 + unit;
    }
    codes[at] = code;
  }
  return codes;
}

function wideCodesOf(keys: readonly string[], common: number): Float64Array {
  return Float64Array.from(keys, (key) => {
    let code = 0;
    for (let next = common; next < common + 3; next++) {
      code = code * 0x10000 + (next < key.length ? rankOfUnit(key.charCodeAt(next)) : 0);
    }
    return code;
  });
}

/** Puts the halves of characters beyond U+FFFF behind all other units, as the order of code points has them. */
function rankOfUnit(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function commonPrefix(keys: readonly string[]): number {
  const [first = ''] = keys;
  let length = first.length;
  for (const key of keys) {
    length = Math.min(length, key.length);
    for (let at = 0; at < length; at++) {
      if (key.charCodeAt(at) !== first.charCodeAt(at)) length = at;
    }
  }
  return length;
}
