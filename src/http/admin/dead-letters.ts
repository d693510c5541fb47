import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { listDeadLetters, purgeDeadLetters, replayDeadLetters } from '../../broker/notifier/dead-letters.ts';
import { notificationIdOf } from '../../broker/notifier/notification-id.ts';
import { invalidRequest } from '../../core/errors.ts';
import { renderInstant } from '../../core/time/instant.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parsePage } from '../../dialects/ngsiv2/page-parameters.ts';
import { parseUriParameters, type UriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import type { DeadLetter, DeadLetterSelection } from '../../ports/outbox.ts';
import type { Availability } from '../availability.ts';
import { sendJson } from '../json-reply.ts';
import { optionsParameter, pageParameters, totalCountHeader } from '../ngsiv2/documentation.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { adminTag, tenantHeader } from './documentation.ts';

const selectionParameters = {
  subscription: Type.String({ description: 'Those of one subscription' }),
  id: Type.String({ description: 'Comma-separated list of ids', examples: ['17,18'] }),
};

const wholeSelectionParameters = {
  ...selectionParameters,
  all: Type.Boolean({ description: '`true` where neither subscription nor id says which', default: false }),
};

/** `/admin/dead-letters`: notifications that were given up. */
export function deadLettersRoutes(app: FastifyInstance, availability: Availability): void {
  app.get(
    '/admin/dead-letters',
    {
      schema: documented({
        summary: 'List dead letters',
        description: 'Notifications of the tenant that could not be delivered and were given up, the oldest first.',
        tag: adminTag,
        operationId: 'listDeadLetters',
        query: { ...selectionParameters, ...pageParameters, ...optionsParameter('count', 'count') },
        headers: tenantHeader,
        answers: {
          200: { description: 'The dead letters', schema: Type.Array(deadLetterSchema), headers: totalCountHeader },
        },
        errors: [400, 503],
      }),
    },
    async (request, reply) => {
      const parameters = parseUriParameters(rawQueryOf(request));
      const options = parseOptions(parameters);
      const page = parsePage(parameters);
      const selection = parseSelection(parameters);
      const { letters, count } = await listDeadLetters(availability.broker, tenantOf(request), selection, page);
      if (options.has('count')) reply.header('fiware-total-count', String(count));
      return sendJson(reply, JSON.stringify(letters.map(shownLetter)));
    },
  );

  app.post(
    '/admin/dead-letters/replay',
    {
      schema: documented({
        summary: 'Replay dead letters',
        description:
          'Has them delivered as if they had become owed just now, whatever the status of their subscription. Those that cannot be delivered lie here again in time.',
        tag: adminTag,
        operationId: 'replayDeadLetters',
        query: wholeSelectionParameters,
        headers: tenantHeader,
        answers: { 200: { description: 'How many', schema: Type.Object({ replayed: Type.Integer() }) } },
        errors: [400, 503],
      }),
    },
    async (request, reply) => {
      const selection = parseWholeSelection(parseUriParameters(rawQueryOf(request)));
      const replayed = await replayDeadLetters(availability.broker, tenantOf(request), selection);
      return sendJson(reply, JSON.stringify({ replayed }));
    },
  );

  app.delete(
    '/admin/dead-letters',
    {
      schema: documented({
        summary: 'Purge dead letters',
        description: 'Forgets them for good.',
        tag: adminTag,
        operationId: 'purgeDeadLetters',
        query: wholeSelectionParameters,
        headers: tenantHeader,
        answers: { 200: { description: 'How many', schema: Type.Object({ purged: Type.Integer() }) } },
        errors: [400, 503],
      }),
    },
    async (request, reply) => {
      const selection = parseWholeSelection(parseUriParameters(rawQueryOf(request)));
      const purged = await purgeDeadLetters(availability.broker, tenantOf(request), selection);
      return sendJson(reply, JSON.stringify({ purged }));
    },
  );
}

function tenantOf(request: FastifyRequest) {
  return requestScope(request, 'query').tenant;
}

function parseSelection(parameters: UriParameters): DeadLetterSelection {
  const subscriptionId = parameters.get('subscription');
  const ids = parameters.get('id')?.split(',');
  if (ids !== undefined && !ids.every((id) => /^[0-9]{1,15}$/.test(id))) {
    throw invalidRequest('Invalid value for URI param /id/: it takes a list of numbers');
  }
  return {
    ...(subscriptionId !== undefined && { subscriptionId }),
    ...(ids !== undefined && { ids: ids.map(Number) }),
  };
}

/** What changes them must say which: nobody purges all by leaving something out. */
function parseWholeSelection(parameters: UriParameters): DeadLetterSelection {
  const selection = parseSelection(parameters);
  if (Object.keys(selection).length === 0 && parameters.get('all') !== 'true') {
    throw invalidRequest('say which dead letters: name a subscription or an id, or set all to true');
  }
  return selection;
}

const deadLetterSchema = Type.Object(
  {
    id: Type.Integer(),
    notificationId: Type.String({ description: 'As the receiver would have seen it' }),
    subscriptionId: Type.String(),
    entityId: Type.String(),
    alterationType: Type.String(),
    changedAt: Type.String(),
    diedAt: Type.String(),
    attempts: Type.Integer(),
    reason: Type.String(),
    correlator: Type.String(),
    entity: Type.Object({}, { additionalProperties: true, description: 'Its state at the time, in the stored form' }),
  },
  {
    examples: [
      {
        id: 17,
        notificationId: '5aeb0ee97d4ef10a12a0262f-mkfs0w3k-17',
        subscriptionId: '5aeb0ee97d4ef10a12a0262f',
        entityId: 'Room1',
        alterationType: 'entityChange',
        changedAt: '2026-01-31T12:00:00.000Z',
        diedAt: '2026-02-01T12:00:03.000Z',
        attempts: 1440,
        reason: 'answered 503',
        correlator: '0a1b2c3d-1111-2222-3333-444455556666',
        entity: { id: 'Room1', types: ['Room'] },
      },
    ],
  },
);

/** Tokens of the request that made the change are kept with it, but not shown. */
function shownLetter(letter: DeadLetter) {
  const { id, subscriptionId, entityId, alteration, facts, diedAt, attempts, reason } = letter;
  return {
    id,
    notificationId: notificationIdOf(letter),
    subscriptionId,
    entityId,
    alterationType: alteration,
    changedAt: renderInstant(facts.changedAt),
    diedAt: renderInstant(diedAt),
    attempts,
    reason,
    correlator: facts.origin.correlator,
    entity: JSON.parse(facts.entity) as unknown,
  };
}
