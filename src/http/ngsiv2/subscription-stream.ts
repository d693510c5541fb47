import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { notificationIdOf } from '../../broker/notifier/notification-id.ts';
import { readStream, retrieveStream } from '../../broker/subscriptions/read-stream.ts';
import { invalidRequest, Refusal } from '../../core/errors.ts';
import type { Subscription } from '../../core/subscription/subscription.ts';
import { renderNotification } from '../../dialects/ngsiv2/notifications/render-notification.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import type { Log } from '../../ports/log.ts';
import type { OwedNotification } from '../../ports/outbox.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { comeBackLater, openEventStream } from '../streams/event-stream.ts';
import type { LiveConnection } from '../streams/live-connection.ts';
import { parseStreamPosition, renderStreamPosition } from '../streams/stream-position.ts';
import { openWebSocket } from '../streams/web-socket.ts';
import { scopeHeaders } from './documentation.ts';
import type { NgsiService } from './service.ts';
import type { SubscriptionPath } from './subscription.ts';
import { subscriptionId } from './subscription-documentation.ts';

export interface StreamOptions {
  /** Whose web pages may open a WebSocket, which browsers let any page do: `none`, `*` or one origin. */
  readonly corsOrigin: string;
  /** Open at the same time. */
  readonly maxStreams: number;
}

/** Seconds after which a client may try again where there are too many. */
const retryAfterSeconds = 10;

/**
 * `/v2/subscriptions/{subscriptionId}/stream`: the notifications as they come, as Server-Sent Events or on a WebSocket.
 * An extension.
 */
export function subscriptionStreamRoutes(
  app: FastifyInstance,
  service: NgsiService,
  { corsOrigin, maxStreams }: StreamOptions,
): void {
  const open = new Set<LiveConnection>();
  /** What all who read live are sent. */
  const rendered = new WeakMap<OwedNotification, string>();
  let isClosing = false;
  const endAll = () => {
    isClosing = true;
    for (const connection of open) connection.end();
  };
  service.availability.onDrain(endAll);
  app.addHook('preClose', (done) => {
    endAll();
    done();
  });

  app.route<{ Params: SubscriptionPath }>({
    method: 'GET',
    url: '/v2/subscriptions/:subscriptionId/stream',
    exposeHeadRoute: false,
    schema: documented({
      summary: 'Read the notifications of a subscription as they come',
      description:
        'Extension. For subscriptions whose notification has a `stream`: Server-Sent Events or, to a client that asks for it, a WebSocket. What came while a client was away is sent first, as far as it is kept: the last 1000 notifications of the subscription.',
      tag: 'Subscriptions',
      operationId: 'readSubscription',
      path: subscriptionId,
      query: {
        lastEventId: Type.String({
          description: 'As the header, for clients that cannot send headers; `0` asks for all that are kept',
        }),
      },
      headers: {
        ...scopeHeaders,
        'Last-Event-ID': Type.String({ description: 'Id of the last event that the client has had' }),
      },
      answers: {
        200: {
          description: 'Events named `notification`, whose data is the body of a notification',
          types: ['text/event-stream'],
          schema: Type.String(),
        },
      },
      errors: [400, 404, 406, 422, 503],
    }),
    // Whoever cannot be served is told so before there is a stream or a socket.
    preValidation: (request, reply, done) => {
      if (request.ws) checkOrigin(request, corsOrigin);
      const isAway = isClosing || service.availability.state === 'starting';
      if (isAway && !request.ws && asksForEvents(request)) {
        comeBackLater(reply);
        return;
      }
      if (isClosing || open.size >= maxStreams) {
        throw new Refusal({ kind: 'overloaded', what: 'streams', retryAfterSeconds });
      }
      startOf(request);
      done();
    },
    handler: (request, reply) => {
      const { position } = startOf(request);
      serve(request, openEventStream(reply, position));
    },
    wsHandler: (socket, request) =>
      serve(request as FastifyRequest<{ Params: SubscriptionPath }>, openWebSocket(socket)),
  });

  /** What is asked for, where it begins, and what the client can come back with before there is anything to read. */
  function startOf(request: FastifyRequest<{ Params: SubscriptionPath }>) {
    const { broker } = service.availability;
    const scope = requestScope(request, 'query');
    const { subscriptionId: id } = request.params;
    const parameters = parseUriParameters(rawQueryOf(request), service.text);
    const stored = retrieveStream(broker, scope, id);
    const header = request.headers['last-event-id'];
    const text = (typeof header === 'string' && header !== '' ? header : undefined) ?? parameters.get('lastEventId');
    const after = text === undefined ? undefined : parseStreamPosition(stored, text);
    const position = renderStreamPosition(stored, after ?? broker.notifier.streams.newestId(scope.tenant, id));
    return { broker, scope, id, stored, after, position };
  }

  function serve(request: FastifyRequest<{ Params: SubscriptionPath }>, connection: LiveConnection): void {
    const { broker, scope, id, stored, after } = startOf(request);
    const stop = readStream(broker, scope, id, after, {
      next: (owed, subscription) => {
        const body = rendered.get(owed) ?? bodyOf(owed, subscription, broker.log);
        if (body === undefined) return;
        rendered.set(owed, body);
        connection.send(renderStreamPosition(stored, owed.id), body);
      },
      end: () => connection.end(),
    });
    open.add(connection);
    connection.onEnd(() => {
      open.delete(connection);
      stop();
    });
  }
}

function asksForEvents({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/event-stream') === true;
}

/** Undefined for what cannot be shown; never throws, since updates wait for it. */
function bodyOf(owed: OwedNotification, subscription: Subscription, log: Log): string | undefined {
  const { facts, alteration, ordinal } = owed;
  const identity = { id: notificationIdOf(owed), ordinal, userAgent: '', hostAlias: '' };
  try {
    const message = renderNotification(subscription, { ...facts, alteration }, identity);
    return message.kind === 'stream' ? message.body : undefined;
  } catch (error) {
    log.error({ err: error, subscription: subscription.id }, 'a notification could not be rendered');
    return undefined;
  }
}

/** A page of the broker's own, of the configured origin, or a client that is no browser. */
function checkOrigin({ headers }: FastifyRequest, corsOrigin: string): void {
  const { origin, host } = headers;
  if (origin === undefined || corsOrigin === '*' || origin === corsOrigin) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw invalidRequest(`web pages of ${origin} may not open a WebSocket here`);
}
