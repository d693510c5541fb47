import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';

/** How bytes are compressed on their way. */
export type ContentCoding = 'br' | 'gzip' | 'identity';

/** The coding that the client takes and that costs least: none where it asks for none. [RFC 9110 12.5.3] */
export function codingFor(acceptEncoding: string | undefined): ContentCoding {
  const weights = new Map<string, number>();
  for (const item of (acceptEncoding ?? '').split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    if (name !== '') weights.set(name, weight);
  }
  for (const coding of ['br', 'gzip'] as const) {
    if ((weights.get(coding) ?? 0) > 0) return coding;
  }
  return (weights.get('*') ?? 0) > 0 ? 'gzip' : 'identity';
}

/** Fast rather than small: the file is compressed for each who fetches it. */
export function compressor(coding: Exclude<ContentCoding, 'identity'>): Transform {
  if (coding === 'gzip') return createGzip({ level: 5 });
  return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 20 } });
}
