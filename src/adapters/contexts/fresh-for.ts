import type { IncomingHttpHeaders } from 'node:http';

/**
 * For how long an answer holds, in milliseconds, by what its server says of copies that are shared: `s-maxage` before `max-age` before
 * `Expires`; not at all where it allows none. Undefined: it says nothing. [LD 6.3.16] [RFC 9111 4.2.1]
 */
export function freshForMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const directives = new Map(
    (headers['cache-control'] ?? '').split(',').map((directive) => {
      const [name = '', value = ''] = directive.split('=', 2);
      return [name.trim().toLowerCase(), value.trim().replaceAll('"', '')] as const;
    }),
  );
  if (['no-store', 'no-cache', 'private'].some((name) => directives.has(name))) return 0;
  const seconds = directives.get('s-maxage') ?? directives.get('max-age');
  if (seconds !== undefined && /^\d{1,10}$/.test(seconds)) {
    const age = Number(headers.age);
    return Math.max(0, Number(seconds) - (age || 0)) * 1000;
  }
  const { expires } = headers;
  if (expires === undefined) return undefined;
  // What is no date has expired.
  const at = expires.endsWith('GMT') ? Date.parse(expires) : Number.NaN;
  return Number.isNaN(at) ? 0 : Math.max(0, at - (Date.parse(headers.date ?? '') || now));
}
