import { invalidRequest } from '../../core/errors.ts';
import { compatibleText, hasForbiddenCharacter, type TextRules } from './text-rules.ts';

/** The parameters behind the `?` of a URL, decoded; never with an empty value. */
export type UriParameters = ReadonlyMap<string, string>;

/** Results in one page, at most. [V2 pagination] */
export const maxLimit = 1000;

/** Lists that may be given in several parameters of one name; of any other name the last one counts. */
const lists: ReadonlySet<string> = new Set(['options', 'type']);

/** Languages of their own, whose parsers know which characters they take. */
const languages: ReadonlySet<string> = new Set(['q', 'mq', 'idPattern', 'typePattern']);

/**
 * The parameters of a URL, from the raw text behind the `?`. A `+` is a space, as in forms.
 *
 * Refuses empty values, characters that the rules refuse (`georel`, `geometry` and `coords` may have those of their
 * syntax), and what cannot be a `limit` or an `offset`. Unknown parameters pass, as in the reference implementation.
 */
export function parseUriParameters(rawQuery: string, rules: TextRules = compatibleText): UriParameters {
  if (rawQuery === '') return noParameters;
  const parameters = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const separator = pair.indexOf('=');
    const name = decode(separator === -1 ? pair : pair.slice(0, separator));
    const value = separator === -1 ? '' : decode(pair.slice(separator + 1));
    checkParameter(name, value, rules);
    const before = lists.has(name) ? parameters.get(name) : undefined;
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return parameters;
}

const noParameters: UriParameters = new Map();

function checkParameter(name: string, value: string, rules: TextRules): void {
  if (value === '') throw invalidRequest(`Empty right-hand-side for URI param /${name}/`);
  if (name === 'limit') checkLimit(value);
  if (name === 'offset' && !/^[0-9]+$/.test(value)) {
    throw invalidRequest(`Bad pagination offset: /${value}/ [must be a decimal number]`);
  }
  if (languages.has(name)) return;
  if (hasForbiddenCharacter(name, rules) || hasForbiddenCharacter(withoutSyntax(name, value), rules)) {
    throw invalidRequest('invalid character in URI parameter');
  }
}

function checkLimit(value: string): void {
  if (!/^[0-9]+$/.test(value)) throw invalidRequest(`Bad pagination limit: /${value}/ [must be a decimal number]`);
  if (Number(value) > maxLimit) throw invalidRequest(`Bad pagination limit: /${value}/ [max: ${maxLimit}]`);
}

function withoutSyntax(name: string, value: string): string {
  if (name === 'geometry' || name === 'georel') return value.replaceAll(/[=;]/g, '');
  return name === 'coords' ? value.replaceAll(';', '') : value;
}

/** Percent-decoded; an escape that is none stays as it is, and bytes that are no UTF-8 become replacement characters. */
function decode(raw: string): string {
  const spaced = raw.includes('+') ? raw.replaceAll('+', ' ') : raw;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  }
}
