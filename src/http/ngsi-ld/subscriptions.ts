import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { createSubscription } from '../../broker/subscriptions/create-subscription.ts';
import { listSubscriptions } from '../../broker/subscriptions/list-subscriptions.ts';
import { pageParameters, parsePage } from '../../dialects/ngsi-ld/query/entities-request.ts';
import { parseOptions } from '../../dialects/ngsi-ld/query/options.ts';
import { parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import {
  contextUrlIn,
  parseSubscription,
  subscriptionIdIn,
} from '../../dialects/ngsi-ld/subscriptions/parse-subscription.ts';
import { renderSubscription } from '../../dialects/ngsi-ld/subscriptions/render-subscription.ts';
import { jsonArrayOf } from '../json-array.ts';
import { rawQueryOf } from '../request-query.ts';
import { utf8TextOf } from '../utf8-text.ts';
import { carriesContext, sendAnswer } from './answer.ts';
import { documentedLd, readProblems, writeProblems } from './documentation.ts';
import { linkPages } from './entity-query.ts';
import { ldBodyRequest, ldRequest } from './ld-request.ts';
import { linkable } from './linked-answer.ts';
import { answerType } from './negotiation.ts';
import { type RequestContext, renderContext, requestContext } from './request-context.ts';
import type { LdService } from './service.ts';
import { shownSubscriptionSchema, subscriptionSchema } from './subscription-documentation.ts';

const listParameters = [...pageParameters, 'options'] as const;

/** `/ngsi-ld/v1/subscriptions` [LD 6.10] */
export function subscriptionsRoutes(app: FastifyInstance, service: LdService): void {
  app.get(
    '/subscriptions',
    {
      schema: documentedLd({
        summary: 'Query subscriptions',
        description:
          'The subscriptions that were made in NGSI-LD, in the order of creation. Those of NGSIv2 are at `/v2/subscriptions`.',
        tag: 'Subscriptions',
        operationId: 'querySubscriptions',
        query: listParameters,
        answers: {
          200: {
            description: 'The subscriptions',
            schema: Type.Array(shownSubscriptionSchema),
            headers: {
              'NGSILD-Results-Count': 'Number of all subscriptions, with `count=true`',
              Link: 'The context of the answer, and the pages before and after this one',
            },
          },
        },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const type = answerType(request, { geo: false });
      const { broker, scope, context } = await ldRequest(request, service);
      const parameters = parseParameters(rawQueryOf(request), listParameters);
      const { sysAttrs } = parseOptions(parameters);
      const page = parsePage(parameters);
      const { subscriptions, count } = listSubscriptions(broker, scope, { dialect: 'ngsi-ld', ...page });
      if (page.count) reply.header('NGSILD-Results-Count', String(count));
      linkPages(request, reply, page, page.offset + page.limit < count, type);
      const now = broker.clock.now();
      const own = carriesContext(request, type) ? { context: renderContext(context) } : {};
      const rendered = subscriptions.map((subscription) =>
        renderSubscription(subscription, { vocabulary: context.vocabulary, sysAttrs, now, ...own }),
      );
      return sendAnswer(request, reply, type, context, utf8TextOf(jsonArrayOf(rendered)));
    },
  );

  app.post(
    '/subscriptions',
    {
      schema: documentedLd({
        summary: 'Create a subscription',
        description:
          'From now on notifications tell of changes, whichever dialect makes them; or, with `timeInterval`, of all that is covered, again and again.',
        tag: 'Subscriptions',
        operationId: 'createSubscription',
        body: subscriptionSchema,
        answers: { 201: { description: 'Created, durably', headers: { Location: 'Path of the subscription' } } },
        problems: [...writeProblems, 403, 409, 501],
      }),
    },
    async (request, reply) => {
      const ld = await ldBodyRequest(request, service, { creates: true });
      const { broker, scope, context, body } = ld;
      parseParameters(rawQueryOf(request), ['local']);
      const id = subscriptionIdIn(body) ?? `urn:ngsi-ld:Subscription:${broker.random.newId()}`;
      const contextUrl = contextUrlIn(body);
      const now = broker.clock.now();
      const parse = ({ user, url }: RequestContext) =>
        parseSubscription(body, {
          vocabulary: context.vocabulary,
          context: user,
          contextUrl: url,
          limits: service.limits,
          now,
        });
      let draft = parse(contextUrl == null ? context : await requestContext(contextUrl, scope.tenant, broker.contexts));
      // Only now that nothing is wrong with it a place is made for its context.
      if (contextUrl == null) {
        const { context: linked } = await linkable(request, 'application/json', ld, service);
        if (linked.url !== undefined) draft = parse(linked);
      }
      await createSubscription(broker, scope, { id, dialect: 'ngsi-ld', ...draft });
      return reply
        .code(201)
        .header('location', `/ngsi-ld/v1/subscriptions/${encodeURIComponent(id).replaceAll('%3A', ':')}`)
        .send();
    },
  );
}
