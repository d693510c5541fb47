/** What is left of the text may be anything that a URL can have. */
const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i;

/** The parts of an absolute URL with a host; undefined for any other text. */
export function parseReceiverUrl(text: string): URL | undefined {
  return absolute.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}
