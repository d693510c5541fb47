import { invalidRequest } from '../../../core/errors.ts';
import type { JsonValue } from '../../../core/json.ts';

/** The parameters behind the `?` of a URL, decoded. */
export type Parameters = ReadonlyMap<string, string>;

/** Lists that may be given in several parameters of one name; of any other name the last one counts. */
const lists: ReadonlySet<string> = new Set(['options', 'id', 'attrs', 'pick', 'omit', 'datasetId']);

/** A plus is a plus there, as RFC 3986 has it; elsewhere it is a space, as forms have it. */
const withPlus: ReadonlySet<string> = new Set(['scopeQ', 'idPattern']);

/** The parameters of a URL, from the raw text behind the `?`. Refuses names that are not among the allowed ones, and empty values. */
export function parseParameters(rawQuery: string, allowed: readonly string[]): Parameters {
  if (rawQuery === '') return noParameters;
  const parameters = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const separator = pair.indexOf('=');
    const name = decode(separator === -1 ? pair : pair.slice(0, separator));
    if (!allowed.includes(name)) {
      throw invalidRequest(`there is no parameter ${JSON.stringify(name)} here; there are ${allowed.join(', ')}`);
    }
    const raw = separator === -1 ? '' : pair.slice(separator + 1);
    const value = decode(raw.includes('+') && !withPlus.has(name) ? raw.replaceAll('+', ' ') : raw);
    if (value === '') throw invalidRequest(`the parameter ${name} is empty`);
    const before = lists.has(name) ? parameters.get(name) : undefined;
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return parameters;
}

const noParameters: Parameters = new Map();

function decode(raw: string): string {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    throw invalidRequest(`${JSON.stringify(raw)} is not percent-encoded well`);
  }
}

/** Whether any of the names is given. */
export function namesAny(parameters: Parameters, names: ReadonlySet<string>): boolean {
  for (const name of parameters.keys()) if (names.has(name)) return true;
  return false;
}

export function flagIn(parameters: Parameters, name: string): boolean {
  const value = parameters.get(name);
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw invalidRequest(`${name} must be true or false`);
}

/** A whole number from `least` on. */
export function numberIn(parameters: Parameters, name: string, least: number): number | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least)) throw invalidRequest(`${name} must be a whole number from ${least} on`);
  return number;
}

/** The items of a list with commas; undefined where it is not given. */
export function listIn(parameters: Parameters, name: string): readonly string[] | undefined {
  return parameters
    .get(name)
    ?.split(',')
    .filter((item) => item !== '');
}

/** A parameter that holds JSON: coordinates. */
export function jsonIn(parameters: Parameters, name: string): JsonValue | undefined {
  const text = parameters.get(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw invalidRequest(`${name} must be JSON, an array of coordinates`);
  }
}
