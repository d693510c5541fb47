import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { createSubscription } from '../../broker/subscriptions/create-subscription.ts';
import { listSubscriptions } from '../../broker/subscriptions/list-subscriptions.ts';
import { invalidRequest } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { RequestScope } from '../../core/scope.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parsePage } from '../../dialects/ngsiv2/page-parameters.ts';
import { parseListing } from '../../dialects/ngsiv2/subscriptions/parse-listing.ts';
import { parseSubscription } from '../../dialects/ngsiv2/subscriptions/parse-subscription.ts';
import { renderSubscription } from '../../dialects/ngsiv2/subscriptions/render-subscription.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { jsonTypes, optionsParameter, pageParameters, scopeHeaders, totalCountHeader } from './documentation.ts';
import type { NgsiService } from './service.ts';
import { listingParameters, shownSubscriptionSchema, subscriptionSchema } from './subscription-documentation.ts';
import { subscriptionRules } from './subscription-rules.ts';

/** `/v2/subscriptions` [V2 list subscriptions] [V2 create subscription] */
export function subscriptionsRoutes(app: FastifyInstance, service: NgsiService): void {
  app.get(
    '/v2/subscriptions',
    {
      schema: documented({
        summary: 'List subscriptions',
        description:
          'The subscriptions that were made in exactly the path of the request, in the order of creation; without a path, all.',
        tag: 'Subscriptions',
        operationId: 'listSubscriptions',
        query: { ...pageParameters, ...listingParameters, ...optionsParameter('count', 'count') },
        headers: scopeHeaders,
        answers: {
          200: {
            description: 'The subscriptions',
            schema: Type.Array(shownSubscriptionSchema),
            headers: totalCountHeader,
          },
        },
        errors: [400, 406, 503],
      }),
    },
    (request, reply) => {
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const options = parseOptions(parameters);
      const { broker } = service.availability;
      const now = broker.clock.now();
      const isAskedFor = parseListing(parameters);
      const { subscriptions, count } = listSubscriptions(broker, scope, {
        dialect: 'ngsiv2',
        ...parsePage(parameters),
        where: (subscription) => isAskedFor(subscription, now),
      });
      if (options.has('count')) reply.header('fiware-total-count', String(count));
      const rendered = subscriptions.map((subscription) =>
        renderSubscription(subscription, now, broker.synchronizations.of(scope.tenant, subscription.id)),
      );
      sendJson(reply, `[${rendered.join(',')}]`);
    },
  );

  app.post(
    '/v2/subscriptions',
    {
      schema: documented({
        summary: 'Create a subscription',
        description:
          'From now on notifications tell of changes of entities in the path of the request; without a path, of all. What is there already is not told, unless with `options=synchronize`, an extension.',
        tag: 'Subscriptions',
        operationId: 'createSubscription',
        query: optionsParameter('synchronize', 'synchronize'),
        headers: scopeHeaders,
        body: { types: jsonTypes, schema: subscriptionSchema },
        answers: { 201: { description: 'Created, durably', headers: { Location: 'URL of the subscription' } } },
        errors: [400, 406, 411, 413, 415, 422, 501, 503],
      }),
    },
    async (request, reply) => {
      const scope = scopeOfOnePath(request);
      const options = parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const draft = parseSubscription(parseJson(jsonBody(request)), subscriptionRules(service));
      const { broker } = service.availability;
      const id = await createSubscription(broker, scope, { ...draft, dialect: 'ngsiv2' });
      if (options.has('synchronize')) await broker.synchronizations.start(scope, id);
      return reply.code(201).header('location', `/v2/subscriptions/${id}`).send();
    },
  );
}

/** A subscription watches one path, or one with all below it; without one, every path. */
function scopeOfOnePath(request: FastifyRequest): RequestScope {
  const scope = requestScope(request, 'query');
  if (scope.scopes.length > 1) throw invalidRequest('max one service-path allowed for subscriptions');
  return scope;
}
