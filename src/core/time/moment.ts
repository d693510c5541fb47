import type { EpochMs } from '../entity/entity.ts';
import { parseInstant } from './instant.ts';

const form = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?Z)?$/;

/**
 * The moment that a text names in the full forms of NGSI-LD, or undefined where it names none: `YYYY-MM-DD`, which is its
 * midnight, and `YYYY-MM-DDThh:mm:ssZ`, with or without a fraction of the second. In UTC. [LD 4.6.3]
 */
export function parseMoment(text: string): EpochMs | undefined {
  return form.test(text) ? parseInstant(text.replace(',', '.')) : undefined;
}
