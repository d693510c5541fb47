import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { LoggedAttempt } from '../../broker/notifier/delivery-log.ts';
import { retrieveSubscription } from '../../broker/subscriptions/retrieve-subscription.ts';
import { renderInstant } from '../../core/time/instant.ts';
import type { Availability } from '../availability.ts';
import { sendJson } from '../json-reply.ts';
import type { SubscriptionPath } from '../ngsiv2/subscription.ts';
import { subscriptionId } from '../ngsiv2/subscription-documentation.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { adminTag, tenantHeader } from './documentation.ts';

/** `/admin/subscriptions/{subscriptionId}/deliveries`: what came of the last attempts to reach a receiver. */
export function deliveriesRoutes(app: FastifyInstance, availability: Availability): void {
  app.get<{ Params: SubscriptionPath }>(
    '/admin/subscriptions/:subscriptionId/deliveries',
    {
      schema: documented({
        summary: 'List the last deliveries of a subscription',
        description:
          'The last attempts to deliver its notifications, failed ones too, the latest first. They are kept in memory: a restart forgets them.',
        tag: adminTag,
        operationId: 'listDeliveries',
        path: subscriptionId,
        headers: tenantHeader,
        answers: { 200: { description: 'The attempts', schema: Type.Array(deliverySchema) } },
        errors: [400, 404, 503],
      }),
    },
    (request, reply) => {
      const { broker } = availability;
      const scope = requestScope(request, 'query');
      const { id } = retrieveSubscription(broker, scope, request.params.subscriptionId);
      const attempts = broker.notifier.attempts(scope.tenant, id).toReversed();
      sendJson(reply, JSON.stringify(attempts.map(shownAttempt)));
    },
  );
}

const deliverySchema = Type.Object(
  {
    at: Type.String(),
    durationMs: Type.Number(),
    notificationId: Type.String(),
    entityId: Type.String(),
    attempt: Type.Integer({ description: 'Counts the attempts of this notification since the broker started' }),
    status: Type.Optional(Type.Integer({ description: 'Of the answer, where there was one' })),
    answer: Type.Optional(Type.String({ description: 'First characters of the answer' })),
    failure: Type.Optional(Type.String({ description: 'Why it failed' })),
  },
  {
    examples: [
      {
        at: '2026-01-31T12:00:00.000Z',
        durationMs: 12,
        notificationId: '5aeb0ee97d4ef10a12a0262f-mkfs0w3k-17',
        entityId: 'Room1',
        attempt: 1,
        status: 204,
        answer: '',
      },
    ],
  },
);

function shownAttempt({ at, ...attempt }: LoggedAttempt) {
  return { at: renderInstant(at), ...attempt };
}
