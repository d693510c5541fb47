import type { FastifyInstance } from 'fastify';
import { deleteSubscription } from '../../broker/subscriptions/delete-subscription.ts';
import { retrieveSubscription } from '../../broker/subscriptions/retrieve-subscription.ts';
import { updateSubscription } from '../../broker/subscriptions/update-subscription.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseSubscriptionPatch } from '../../dialects/ngsiv2/subscriptions/parse-subscription.ts';
import { renderSubscription } from '../../dialects/ngsiv2/subscriptions/render-subscription.ts';
import type { SubscriptionDocument } from '../../dialects/ngsiv2/subscriptions/subscription-document.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { jsonTypes, optionsParameter, scopeHeaders } from './documentation.ts';
import type { NgsiService } from './service.ts';
import { shownSubscriptionSchema, subscriptionId, subscriptionPatchSchema } from './subscription-documentation.ts';
import { subscriptionRules } from './subscription-rules.ts';

/** Parameters of the paths below `/v2/subscriptions/{subscriptionId}`, percent-decoded. */
export interface SubscriptionPath {
  readonly subscriptionId: string;
}

/**
 * `/v2/subscriptions/{subscriptionId}`, wherever in the tree of paths it was made.
 * [V2 retrieve subscription] [V2 update subscription] [V2 delete subscription]
 */
export function subscriptionRoutes(app: FastifyInstance, service: NgsiService): void {
  app.get<{ Params: SubscriptionPath }>(
    '/v2/subscriptions/:subscriptionId',
    {
      schema: documented({
        summary: 'Retrieve a subscription',
        description: 'The subscription, with what became of it so far. Passwords are masked.',
        tag: 'Subscriptions',
        operationId: 'retrieveSubscription',
        path: subscriptionId,
        headers: scopeHeaders,
        answers: { 200: { description: 'The subscription', schema: shownSubscriptionSchema } },
        errors: [400, 404, 406, 503],
      }),
    },
    (request, reply) => {
      const scope = requestScope(request, 'query');
      parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const { broker } = service.availability;
      const subscription = retrieveSubscription(broker, scope, request.params.subscriptionId, 'ngsiv2');
      const synchronization = broker.synchronizations.of(scope.tenant, subscription.id);
      sendJson(reply, renderSubscription(subscription, broker.clock.now(), synchronization));
    },
  );

  app.patch<{ Params: SubscriptionPath }>(
    '/v2/subscriptions/:subscriptionId',
    {
      schema: documented({
        summary: 'Change a subscription',
        description:
          'Replaces the members given, `subject` and `notification` as a whole. Counters stay; `status` `active` wakes one that failed too often. Extension: with `options=synchronize` it is told anew of all that is there.',
        tag: 'Subscriptions',
        operationId: 'updateSubscription',
        path: subscriptionId,
        query: optionsParameter('synchronize', 'synchronize'),
        headers: scopeHeaders,
        body: { types: jsonTypes, schema: subscriptionPatchSchema },
        answers: { 204: { description: 'Changed, durably' } },
        errors: [400, 404, 406, 411, 413, 415, 501, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'query');
      const options = parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const body = parseJson(jsonBody(request));
      const rules = subscriptionRules(service);
      const { subscriptionId: id } = request.params;
      const { broker } = service.availability;
      await updateSubscription(broker, scope, { id, dialect: 'ngsiv2' }, ({ document }) =>
        parseSubscriptionPatch(document as SubscriptionDocument, body, rules),
      );
      if (options.has('synchronize')) await broker.synchronizations.start(scope, id);
      return reply.code(204).send();
    },
  );

  app.delete<{ Params: SubscriptionPath }>(
    '/v2/subscriptions/:subscriptionId',
    {
      schema: documented({
        summary: 'Remove a subscription',
        description: 'Removes the subscription with all notifications that it is still owed.',
        tag: 'Subscriptions',
        operationId: 'removeSubscription',
        path: subscriptionId,
        headers: scopeHeaders,
        answers: { 204: { description: 'Removed, durably' } },
        errors: [400, 404, 406, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'query');
      parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      await deleteSubscription(service.availability.broker, scope, request.params.subscriptionId, 'ngsiv2');
      return reply.code(204).send();
    },
  );
}
