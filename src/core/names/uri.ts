/** Tells whether the text is a URI, or an IRI, with a scheme. [RFC 3986] [RFC 3987] */
export function isUri(text: string): boolean {
  return uri.test(text);
}

const uri = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$/;
