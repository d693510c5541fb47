import { invalidRequest } from '../../../core/errors.ts';

const relation = 'http://www.w3.org/ns/json-ld#context';
const linkValue = /<([^>]*)>((?:\s*;\s*[^\s;,="]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]+))?)*)/g;

/**
 * The URL of the context that a `Link` header names, or undefined; other links are not looked at. Refuses two different ones.
 * [LD 6.3.5] [JSON-LD 1.1, 6.2]
 */
export function parseContextLink(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const known = parsed.get(header);
  if (known !== undefined) return known;
  const urls = new Set<string>();
  for (const [, url = '', parameters = ''] of header.matchAll(linkValue)) {
    const [, rel = ''] = /;\s*rel\s*=\s*"?([^";]*)"?/i.exec(parameters) ?? [];
    if (rel.trim().split(/\s+/).includes(relation)) urls.add(url.trim());
  }
  const [first, ...others] = urls;
  if (others.length > 0) throw invalidRequest('the Link header names several contexts: name one that combines them');
  if (first !== undefined && !URL.canParse(first))
    throw invalidRequest(`the Link header: ${JSON.stringify(first)} is no URL`);
  if (first !== undefined) {
    if (parsed.size >= mostParsed) parsed.clear();
    parsed.set(header, first);
  }
  return first;
}

/** URLs by header: clients send the same few. */
const parsed = new Map<string, string>();
const mostParsed = 100;

/** A `Link` header that names a context. */
export function renderContextLink(url: string): string {
  return `<${url}>; rel="${relation}"; type="application/ld+json"`;
}
