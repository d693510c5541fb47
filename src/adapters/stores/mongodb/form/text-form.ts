/*
 * JSON texts may hold half a character (a surrogate alone), which UTF-8, and so BSON, cannot. Such a text is written around it,
 * so that every text comes back as it was and texts keep their order, that of `compareTexts`. Texts without one, and without
 * U+10FFFF, which no writing uses, are stored as they are.
 */

/** The last code point there is: it introduces what is written in another way. */
const mark = '\u{10FFFF}';
const [literally, loneLow, loneHigh] = ['1', '2', '3'];

const unusual = /\p{Surrogate}|\u{10FFFF}/u;
const written = /([\s\S])\u{10FFFF}3|\u{10FFFF}2([\s\S])|\u{10FFFF}1/gu;

const [firstHigh, firstLow, privateUse] = [0xd800, 0xdc00, 0xe000];

/** The text as MongoDB keeps it. */
export function encodeText(text: string): string {
  if (!unusual.test(text)) return text;
  let encoded = '';
  for (const character of text) encoded += encodeCharacter(character);
  return encoded;
}

/** A half comes behind all characters that begin with a lower half, and before those that begin with itself. */
function encodeCharacter(character: string): string {
  if (character === mark) return mark + literally;
  const unit = character.charCodeAt(0);
  if (character.length > 1 || unit < firstHigh || unit >= privateUse) return character;
  if (unit >= firstLow) return mark + loneLow + String.fromCharCode(unit - firstLow + privateUse);
  return String.fromCodePoint(0xffff + (unit - firstHigh) * 0x400) + mark + loneHigh;
}

/** The exact inverse of `encodeText`. */
export function decodeText(text: string): string {
  if (!text.includes(mark)) return text;
  return text.replace(written, (_all, before: string | undefined, after: string | undefined) => {
    if (before !== undefined) return String.fromCharCode(((before.codePointAt(0) ?? 0) - 0xffff) / 0x400 + firstHigh);
    return after === undefined ? mark : String.fromCharCode(after.charCodeAt(0) - privateUse + firstLow);
  });
}
