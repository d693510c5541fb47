import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import type { QueryLimits } from '../dialects/ngsiv2/parse-query.ts';
import type { SubscriptionRules } from '../dialects/ngsiv2/subscriptions/subscription-rules.ts';
import type { Logger } from '../observe/log.ts';
import { datasetsRoutes } from './admin/datasets.ts';
import { adminRoutes } from './admin/routes.ts';
import { admitRequest } from './admission.ts';
import { documentApi } from './api-document.ts';
import type { Availability } from './availability.ts';
import { correlatorHeader, correlatorOf } from './correlator.ts';
import { shareWithOrigins } from './cors.ts';
import { answerElsewhere, type Elsewhere } from './elsewhere.ts';
import { healthRoutes } from './health.ts';
import { iotRoutes } from './iot/routes.ts';
import { answerMalformedHttp } from './malformed-http.ts';
import { dataModelRoutes } from './models/routes.ts';
import { ldRoot, ngsiLdRoutes } from './ngsi-ld/routes.ts';
import type { LdService } from './ngsi-ld/service.ts';
import { ngsiv2Routes } from './ngsiv2/routes.ts';
import type { NgsiService } from './ngsiv2/service.ts';
import { subscriptionStreamRoutes } from './ngsiv2/subscription-stream.ts';
import { answerProblems } from './open-data/errors.ts';
import { openDataRoutes } from './open-data/routes.ts';
import { OrionResponse } from './orion-response.ts';
import { answerErrors } from './refusals.ts';
import { readBodiesAsText } from './request-body.ts';
import { logRequests } from './request-log.ts';
import { serveInOrder } from './request-order.ts';
import { keepQueryRaw } from './request-query.ts';
import { watchResources } from './resources.ts';
import { isStreamPath } from './streams/stream-path.ts';
import { webSocketUpgrades } from './streams/upgrades.ts';
import { answerUnmatched } from './unmatched-request.ts';
import { versionRoutes } from './version.ts';

export interface ServerOptions {
  readonly availability: Availability;
  readonly log: Logger;
  readonly version: string;
  /** `none`, `*` or one origin. */
  readonly corsOrigin: string;
  /** Operators may look at dead letters and deliveries over HTTP. */
  readonly admin: boolean;
  /** Whether published datasets are served, and the rest of the public routes. */
  readonly openData: boolean;
  /** Where the public reaches the broker, or `none`. */
  readonly publicUrl: string;
  /** Requests that one client may make to the public routes a minute. */
  readonly openDataRequestsPerMinute: number;
  /** A proxy stands before the broker, whose headers say who the client is and how it came. */
  readonly trustProxy: boolean;
  readonly maxBodyBytes: number;
  /** Streams of subscriptions that are open at the same time. */
  readonly maxStreams: number;
  readonly strictContentLength: boolean;
  readonly textRestricted: boolean;
  readonly limits: QueryLimits;
  /** Tells whether the operator keeps an endpoint of that name; without it there are none. */
  readonly hasEndpoint?: SubscriptionRules['hasEndpoint'];
  /** Its number among the processes that share the work; undefined where it has all of it. */
  readonly worker?: number;
  /** Who answers what this server does not. */
  readonly elsewhere?: Elsewhere;
}

/** Longest id or name in a path, percent-encoded; the dialect refuses what is too long for an identifier before. */
const maxParamLength = 2048;

/** What clients say on a WebSocket is not listened to. */
const maxSocketMessageBytes = 1024;

/** The HTTP server with all its routes, ready to listen or to be injected into. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { availability, log, version, corsOrigin, maxBodyBytes, strictContentLength, worker, elsewhere } = options;
  const app = Fastify({
    // What there is to log of a request is logged here, with its correlator; Fastify's own logger costs every request.
    logger: false,
    // Small devices leave out the Host header, which nothing here needs.
    http: { ServerResponse: OrionResponse, requireHostHeader: false },
    genReqId: correlatorOf,
    bodyLimit: maxBodyBytes,
    trustProxy: options.trustProxy,
    // Requests that arrive on open connections while the server closes are still answered.
    return503OnClosing: false,
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength,
      querystringParser: keepQueryRaw,
    },
    clientErrorHandler: answerMalformedHttp,
    frameworkErrors: (error, request, reply) => {
      reply.header(correlatorHeader, request.id);
      // Node no longer looks after a connection that was to be upgraded.
      if (request.headers.upgrade !== undefined) reply.raw.once('finish', () => request.raw.socket.destroySoon());
      app.errorHandler(error, request, reply);
    },
  });

  app.decorateRequest('answer');
  // An expectation that the server does not know is none that it must refuse. [RFC 9110 10.1.1]
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(correlatorHeader, request.id);
    request.answer = reply;
    done();
  });
  serveInOrder(app);
  if (elsewhere !== undefined) answerElsewhere(app, elsewhere);
  shareWithOrigins(app, corsOrigin);
  if (log.isLevelEnabled('debug')) logRequests(app, log);
  readBodiesAsText(app);
  answerErrors(app, log);
  const text = { restricted: options.textRestricted };
  const resources = watchResources(app, corsOrigin !== 'none');
  answerUnmatched(app, { resources, corsOrigin, strictContentLength, text });

  await documentApi(app, version);
  healthRoutes(app, availability, worker);
  versionRoutes(app, version, worker);
  await iotRoutes(app, { availability }, log);
  const service: NgsiService = {
    availability,
    limits: options.limits,
    text,
    hasEndpoint: options.hasEndpoint ?? (() => false),
  };
  dataModelRoutes(app, service);
  if (options.admin) {
    adminRoutes(app, availability);
    await app.register(async (admin) => {
      answerProblems(admin, log);
      datasetsRoutes(admin, availability);
    });
  }
  if (options.openData) {
    await app.register(async (open) => {
      const { publicUrl, openDataRequestsPerMinute: requestsPerMinute } = options;
      await openDataRoutes(open, { availability, version, limits: options.limits, publicUrl, requestsPerMinute }, log);
    });
  }
  await app.register(
    async (ld) => {
      const { limits, publicUrl } = options;
      const service: LdService = { availability, limits, publicUrl };
      ngsiLdRoutes(ld, { service, resources, corsOrigin, strictContentLength, log });
    },
    { prefix: ldRoot },
  );
  await app.register(async (ngsi) => {
    ngsi.addHook('onRequest', (request, _reply, done) => {
      admitRequest(request, strictContentLength);
      done();
    });
    ngsiv2Routes(ngsi, service);
    await ngsi.register(async (streams) => {
      let upgrades = webSocketUpgrades(app.server, isStreamPath);
      if (elsewhere !== undefined) {
        upgrades.on('upgrade', (request, socket, head) => elsewhere.connect(request, socket, head));
        upgrades = new EventEmitter();
      }
      // All that the plugin does with a server is to hear its upgrades; its hooks would cost every request of another route.
      await streams.register(websocket, { options: { maxPayload: maxSocketMessageBytes, server: upgrades as Server } });
      subscriptionStreamRoutes(streams, service, options);
    });
  });
  return app;
}
