import { invalidRequest } from '../../core/errors.ts';
import type { UriParameters } from './uri-parameters.ts';

/** Every word that `options` takes, on any route; a route ignores those that mean nothing to it. [V2 options] */
export const ngsiOptions = [
  'count',
  'normalized',
  'keyValues',
  'values',
  'unique',
  'append',
  'upsert',
  'forcedUpdate',
  'overrideMetadata',
  'flowControl',
  'skipForwarding',
  'noAttrDetail',
  'fullCounters',
  'libVersions',
  // Extension: a `Link` to the next page.
  'cursor',
  // Extension: a subscription is told of what is there already.
  'synchronize',
  // Deprecated, for what `attrs=dateCreated,*` says.
  'dateCreated',
  'dateModified',
] as const;

export type NgsiOption = (typeof ngsiOptions)[number];

const known: ReadonlySet<string> = new Set(ngsiOptions);
const exclusive = ['keyValues', 'values', 'unique'] as const;
const none: ReadonlySet<NgsiOption> = new Set();

/** The words of `options`. Refuses unknown words and representations that exclude each other. */
export function parseOptions(parameters: UriParameters): ReadonlySet<NgsiOption> {
  const text = parameters.get('options');
  if (text === undefined) return none;
  const options = new Set<NgsiOption>();
  for (const word of text.split(',')) {
    if (word === '') continue;
    if (!isOption(word)) throw invalidOptions();
    options.add(word);
  }
  if (exclusive.filter((word) => options.has(word)).length > 1) throw invalidOptions();
  return options;
}

function isOption(word: string): word is NgsiOption {
  return known.has(word);
}

function invalidOptions() {
  return invalidRequest('Invalid value for URI param /options/');
}
