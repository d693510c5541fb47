import type { FastifyRequest } from 'fastify';
import { plainDescription } from '../../catalogue/dataset/catalogue-description.ts';
import type { OpenData } from '../../catalogue/open-data.ts';
import { rawQueryOf } from '../request-query.ts';

/** The languages that the client asks for, the first one first, by `lang` in the URL or by its header; then those of the catalogue. */
export function languagesFor(request: FastifyRequest, { datasets }: OpenData): readonly string[] {
  const asked = new URLSearchParams(rawQueryOf(request)).get('lang');
  const own = datasets.catalogue?.languages ?? plainDescription.languages;
  const named = asked !== null && /^[a-z]{2}$/.test(asked) ? [asked] : [];
  return [...new Set([...named, ...acceptedLanguages(request.headers['accept-language']), ...own])];
}

/** [RFC 9110 12.5.4] */
function acceptedLanguages(header: string | undefined): readonly string[] {
  const ranges = (header ?? '').split(',').map((item) => {
    const [range = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    return { language: range.slice(0, 2), weight: Number.isNaN(weight) ? 1 : weight };
  });
  const wanted = ranges.filter(({ language, weight }) => /^[a-z]{2}$/.test(language) && weight > 0);
  return wanted.toSorted((a, b) => b.weight - a.weight).map(({ language }) => language);
}
