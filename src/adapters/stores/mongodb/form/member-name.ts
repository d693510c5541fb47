import { decodeText, encodeText } from './text-form.ts';

/*
 * Members of JSON values are fields of documents, so that queries reach into them. Names that MongoDB, or its driver, would take
 * for something else are written with `%XX`: dots and a leading `$`, which stand for paths and operators; whole numbers, which in a
 * path also stand for places in arrays; NUL, which no name may hold; and two names by which JavaScript and the driver are misled.
 */

const unusual = /[%.\0]|^\$|^\d+$|^$|^__proto__$|^_bsontype$|\p{Surrogate}|\u{10FFFF}/u;

/** The name of the field that a member is stored in. */
export function encodeMemberName(name: string): string {
  if (!unusual.test(name)) return name;
  if (name === '') return '%';
  const plain = encodeText(name).replace(/[%.\0]/g, inHex);
  return /^\$|^\d+$|^__proto__$|^_bsontype$/.test(plain) ? inHex(plain.charAt(0)) + plain.slice(1) : plain;
}

/** The exact inverse of `encodeMemberName`. */
export function decodeMemberName(field: string): string {
  if (field === '%') return '';
  const plain = field.includes('%')
    ? field.replace(/%([0-9A-F]{2})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : field;
  return decodeText(plain);
}

function inHex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
