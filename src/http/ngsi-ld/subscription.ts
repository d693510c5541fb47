import type { FastifyInstance } from 'fastify';
import { deleteSubscription } from '../../broker/subscriptions/delete-subscription.ts';
import { retrieveSubscription } from '../../broker/subscriptions/retrieve-subscription.ts';
import { updateSubscription } from '../../broker/subscriptions/update-subscription.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isUri } from '../../core/names/uri.ts';
import { parseOptions } from '../../dialects/ngsi-ld/query/options.ts';
import { parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import {
  contextUrlIn,
  parseSubscriptionFragment,
  subscriptionIdIn,
} from '../../dialects/ngsi-ld/subscriptions/parse-subscription.ts';
import { renderSubscription, shownStatus } from '../../dialects/ngsi-ld/subscriptions/render-subscription.ts';
import type { SubscriptionDocument } from '../../dialects/ngsi-ld/subscriptions/subscription-document.ts';
import { rawQueryOf } from '../request-query.ts';
import { utf8TextOf } from '../utf8-text.ts';
import { carriesContext, sendAnswer } from './answer.ts';
import { documentedLd, readProblems, writeProblems } from './documentation.ts';
import { ldBodyRequest, ldRequest } from './ld-request.ts';
import { linkable } from './linked-answer.ts';
import { answerType } from './negotiation.ts';
import { type RequestContext, renderContext, requestContext } from './request-context.ts';
import type { LdService } from './service.ts';
import { shownSubscriptionSchema, subscriptionFragmentSchema, subscriptionPath } from './subscription-documentation.ts';

interface SubscriptionPath {
  readonly subscriptionId: string;
}

/** `/ngsi-ld/v1/subscriptions/{subscriptionId}` [LD 6.11] */
export function subscriptionRoutes(app: FastifyInstance, service: LdService): void {
  const url = '/subscriptions/:subscriptionId';

  app.get<{ Params: SubscriptionPath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Retrieve a subscription',
        description: 'The subscription, with what became of it so far. Passwords are masked.',
        tag: 'Subscriptions',
        operationId: 'retrieveSubscription',
        path: subscriptionPath,
        query: ['options'],
        answers: { 200: { description: 'The subscription', schema: shownSubscriptionSchema } },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const type = answerType(request, { geo: false });
      const { broker, scope, context } = await ldRequest(request, service);
      const { sysAttrs } = parseOptions(parseParameters(rawQueryOf(request), ['options']));
      const subscription = retrieveSubscription(broker, scope, idIn(request.params), 'ngsi-ld');
      const json = renderSubscription(subscription, {
        vocabulary: context.vocabulary,
        sysAttrs,
        now: broker.clock.now(),
        ...(carriesContext(request, type) && { context: renderContext(context) }),
      });
      return sendAnswer(request, reply, type, context, utf8TextOf(json));
    },
  );

  app.patch<{ Params: SubscriptionPath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Change a subscription',
        description:
          'The members of the fragment take the place of those that are there, `notification` as a whole; null takes a member away. Counters stay.',
        tag: 'Subscriptions',
        operationId: 'updateSubscription',
        path: subscriptionPath,
        body: subscriptionFragmentSchema,
        bodyTypes: 'merge',
        answers: { 204: { description: 'Changed, durably' } },
        problems: [...writeProblems, 501],
      }),
    },
    async (request, reply) => {
      const ld = await ldBodyRequest(request, service, { creates: false });
      const { broker, scope, context, body } = ld;
      parseParameters(rawQueryOf(request), ['local']);
      const id = idIn(request.params);
      const bodyId = subscriptionIdIn(body);
      if (bodyId !== undefined && bodyId !== id) throw invalidRequest('the id of a subscription stays as it is');
      const contextUrl = contextUrlIn(body);
      const given = await newContext(contextUrl);
      await updateSubscription(broker, scope, { id, dialect: 'ngsi-ld' }, (stored) => {
        const document = stored.document as SubscriptionDocument;
        const now = broker.clock.now();
        return parseSubscriptionFragment(document, body, {
          vocabulary: context.vocabulary,
          context: given === undefined ? document.context : given.user,
          contextUrl: given === undefined ? document.contextUrl : given.url,
          limits: service.limits,
          now,
          isExpired: shownStatus(stored, now) === 'expired',
        });
      });
      return reply.code(204).send();

      /** What `jsonldContext` says: null, that it is the context of the request. */
      async function newContext(url: string | null | undefined): Promise<RequestContext | undefined> {
        if (url === undefined) return undefined;
        if (url !== null) return requestContext(url, scope.tenant, broker.contexts);
        return (await linkable(request, 'application/json', ld, service)).context;
      }
    },
  );

  app.delete<{ Params: SubscriptionPath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Remove a subscription',
        description: 'Removes the subscription with all notifications that it is still owed.',
        tag: 'Subscriptions',
        operationId: 'deleteSubscription',
        path: subscriptionPath,
        answers: { 204: { description: 'Removed, durably' } },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const { broker, scope } = await ldRequest(request, service);
      parseParameters(rawQueryOf(request), ['local']);
      await deleteSubscription(broker, scope, idIn(request.params), 'ngsi-ld');
      return reply.code(204).send();
    },
  );
}

function idIn({ subscriptionId }: SubscriptionPath): string {
  if (isUri(subscriptionId)) return subscriptionId;
  throw invalidRequest(`the id of a subscription is a URI: ${JSON.stringify(subscriptionId)}`);
}
