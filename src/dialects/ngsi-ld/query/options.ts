import { invalidRequest } from '../../../core/errors.ts';
import { listIn, type Parameters } from './parameters.ts';

/** How entities are represented. [LD 6.3.7] */
export type Representation = 'normalized' | 'concise' | 'simplified';

/** What `format` and `options` ask for. [LD 6.3.7] [LD 6.3.11] */
export interface Options {
  readonly representation: Representation;
  readonly sysAttrs: boolean;
}

const representations: Readonly<Record<string, Representation>> = {
  normalized: 'normalized',
  concise: 'concise',
  simplified: 'simplified',
  keyValues: 'simplified',
};

const noOptions: Options = { representation: 'normalized', sysAttrs: false };

/** `format` has precedence over `options`; of several in `options` the first counts. */
export function parseOptions(parameters: Parameters): Options {
  if (!parameters.has('format') && !parameters.has('options')) return noOptions;
  const options = listIn(parameters, 'options') ?? [];
  for (const option of options) {
    if (option !== 'sysAttrs' && !Object.hasOwn(representations, option)) {
      throw invalidRequest(
        `options: ${JSON.stringify(option)} is none of ${['sysAttrs', ...Object.keys(representations)].join(', ')}`,
      );
    }
  }
  const format = parameters.get('format');
  if (format !== undefined && !Object.hasOwn(representations, format)) {
    throw invalidRequest(`format ${JSON.stringify(format)} is none of ${Object.keys(representations).join(', ')}`);
  }
  const named = format ?? options.find((option) => Object.hasOwn(representations, option)) ?? 'normalized';
  return { representation: representations[named] ?? 'normalized', sysAttrs: options.includes('sysAttrs') };
}
