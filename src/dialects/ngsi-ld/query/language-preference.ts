import { invalidRequest } from '../../../core/errors.ts';

/** Languages that a client takes, the best first; lower case, `*` for any. */
export type LanguagePreference = readonly string[];

const range = /^(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)(?:;q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?$/;

/** What `lang` asks for, as in `Accept-Language`. [LD 4.15] */
export function parseLanguagePreference(text: string): LanguagePreference {
  const ranges = text.split(',').map((part) => {
    const [, tag, weight = '1'] = range.exec(part.trim()) ?? [];
    if (tag === undefined)
      throw invalidRequest(`lang: ${JSON.stringify(part)} is no language such as en or fr-CH;q=0.9`);
    return { tag: tag.toLowerCase(), weight: Number(weight) };
  });
  return ranges
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

/** The tag of the map that suits the client best; where none does, the default one, then any. Undefined where there is none. [LD 4.15] */
export function preferredTag(tags: readonly string[], preference: LanguagePreference): string | undefined {
  for (const wanted of preference) {
    if (wanted === '*') break;
    // As the client says it, then what is more special, then what is more general. [RFC 4647]
    const found =
      tags.find((tag) => tag.toLowerCase() === wanted) ??
      tags.find((tag) => tag.toLowerCase().startsWith(`${wanted}-`)) ??
      tags.find((tag) => wanted.startsWith(`${tag.toLowerCase()}-`));
    if (found !== undefined) return found;
  }
  return tags.includes('@none') ? '@none' : tags[0];
}
