/**
 * A text in UTF-8, each byte of it a character of its own: it is written as it is, and its length is what `Content-Length` says.
 *
 * Renderings are kept in this form, laid out in one piece: one that is sent again is neither measured nor encoded again, and a
 * page of many is the bytes of each, one after the other (bench: `get-by-id`, `page-1000`).
 */
export type Utf8Text = string & { readonly brand: 'Utf8Text' };

export function utf8TextOf(text: string): Utf8Text {
  return Buffer.from(text).toString('latin1') as Utf8Text;
}
