/**
 * The names that the brokers and proxies give themselves which a request has passed, in the order in which it passed them.
 * [RFC 9110 7.6.3]
 */
export function parseVia(header: string | string[] | undefined): readonly string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  // Comments may have commas in them, and say nothing that matters here.
  return text
    .replaceAll(/\([^()]*\)/g, '')
    .split(',')
    .map((hop) => hop.trim().split(/\s+/)[1])
    .filter((name) => name !== undefined);
}
