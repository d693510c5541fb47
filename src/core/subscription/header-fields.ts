import { hopByHopHeaders } from '../hop-by-hop-headers.ts';

/** What says how a message is framed is the transport's. [RFC 9110 7.6.1] */
const framing: ReadonlySet<string> = new Set([...hopByHopHeaders, 'content-length']);

/** [RFC 9110 5.6.2] */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Whether a text can be the name of a header that a client adds to a message: not of one that says how it is framed. */
export function isCustomHeaderName(name: string): boolean {
  return token.test(name) && !framing.has(name.toLowerCase());
}

const encoder = new TextEncoder();

/** A text as the value of a header: controls are spaces, so that no value can begin a header of its own. [RFC 9110 5.5] */
export function headerValue(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const line = text.replace(/[\u0000-\u001f\u007f]/g, ' ').trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
  if (/^[\u0000-\u007f]*$/.test(line)) return line;
  return Array.from(encoder.encode(line), (byte) => String.fromCharCode(byte)).join('');
}
