import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Availability } from './availability.ts';
import { sendJson } from './json-reply.ts';
import { documented } from './route-documentation.ts';

/**
 * Is the process alive, and should it get requests? For orchestrators and load balancers.
 *
 * `worker`: which of several processes answers.
 */
export function healthRoutes(app: FastifyInstance, availability: Availability, worker?: number): void {
  app.get(
    '/health/live',
    {
      schema: documented({
        summary: 'Is the process alive?',
        description: 'Answers 200 as long as the process serves requests at all, also while it starts.',
        tag: 'Health',
        operationId: 'live',
        answers: { 200: { description: 'It is', schema: status('live') } },
        errors: [],
      }),
    },
    (_request, reply) => {
      sendJson(reply, '{"status":"live"}');
    },
  );

  app.get(
    '/health/ready',
    {
      schema: documented({
        summary: 'Should requests be sent here?',
        description:
          'Answers 503 while the data is being loaded, while the broker waits for its MongoDB (`reason` says so), and while the process stops.',
        tag: 'Health',
        operationId: 'ready',
        answers: {
          200: { description: 'Ready', schema: status('ready') },
          503: { description: 'Starting or stopping', schema: status('starting') },
        },
        errors: [],
      }),
    },
    (_request, reply) => {
      const { state, waitsFor } = availability;
      const status = {
        status: state,
        ...(waitsFor !== undefined && { reason: waitsFor }),
        ...(worker !== undefined && { worker }),
      };
      sendJson(reply.code(state === 'ready' ? 200 : 503), JSON.stringify(status));
    },
  );
}

function status(example: string) {
  return Type.Object(
    {
      status: Type.String(),
      reason: Type.Optional(Type.String()),
      worker: Type.Optional(Type.Integer({ description: 'Which of several worker processes answers' })),
    },
    { examples: [{ status: example }] },
  );
}
