import type { FastifyReply } from 'fastify';
import type { Report } from '../../broker/entities/apply-to.ts';
import type { KeptNames } from '../../dialects/ngsi-ld/context/kept-names.ts';
import { sendPlainJson } from './answer.ts';

/** Answers an update: nothing where all was done, else what was and what was not. Names are spelled out. [LD 5.2.18] [LD 6.3.6] */
export function sendUpdateResult(
  reply: FastifyReply,
  { existing, missing }: Report,
  given: readonly string[],
  names: KeptNames,
): FastifyReply {
  if (existing.length === 0 && missing.length === 0) return reply.code(204).send();
  const left = [
    ...existing.map((name) => ({
      attributeName: names.iriOf(name),
      reason: 'it exists already, and is not to be overwritten',
    })),
    ...missing.map((name) => ({ attributeName: names.iriOf(name), reason: 'it does not exist' })),
  ];
  const updated = given.filter((name) => !existing.includes(name) && !missing.includes(name)).map(names.iriOf);
  return sendPlainJson(reply, 207, { updated: [...new Set(updated)], notUpdated: left });
}
