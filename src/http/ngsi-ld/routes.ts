import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../observe/log.ts';
import { answerOptions, originAllowed } from '../cors.ts';
import type { Resources } from '../resources.ts';
import { admitBody } from './admission.ts';
import { batchRoutes } from './batch.ts';
import { contextsRoutes } from './contexts.ts';
import { discoveryRoutes } from './discovery.ts';
import { entitiesRoutes } from './entities.ts';
import { entityRoutes } from './entity.ts';
import { entityAttributeRoutes } from './entity-attribute.ts';
import { entityAttributesRoutes } from './entity-attributes.ts';
import { echoTenant } from './ld-request.ts';
import { notImplementedRoutes } from './not-implemented.ts';
import { answerProblems, sendProblem } from './problems.ts';
import { queryOperationRoutes } from './query-operation.ts';
import type { LdService } from './service.ts';
import { sourceIdentityRoutes } from './source-identity.ts';
import { subscriptionRoutes } from './subscription.ts';
import { subscriptionsRoutes } from './subscriptions.ts';

/** Where NGSI-LD is served. [LD 6.2] */
export const ldRoot = '/ngsi-ld/v1';

const allowedHeaders = 'Content-Type, Accept, Link, NGSILD-Tenant, Fiware-Correlator, X-Auth-Token, Authorization';

export interface LdRoutesOptions {
  readonly service: LdService;
  readonly resources: Resources;
  readonly corsOrigin: string;
  readonly strictContentLength: boolean;
  readonly log: Logger;
}

/** Every resource of NGSI-LD, in the order of the specification; with errors and preconditions of its own. */
export function ngsiLdRoutes(app: FastifyInstance, options: LdRoutesOptions): void {
  const { service, resources, corsOrigin, strictContentLength, log } = options;
  answerProblems(app, log);
  app.addHook('onRequest', (request, reply, done) => {
    echoTenant(request, reply);
    if (admitBody(request, reply, strictContentLength)) done();
  });
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split(/[?#]/, 1);
    const resource = resources.resourceAt(path);
    if (resource === undefined) sendProblem(request, reply, { kind: 'unknownPath' });
    else if (request.method === 'OPTIONS')
      answerOptions(reply, resource.methods, originAllowed(request, corsOrigin) ? allowedHeaders : undefined);
    else sendProblem(request, reply, { kind: 'methodNotAllowed', allowed: resource.standard });
  });
  entitiesRoutes(app, service);
  entityRoutes(app, service);
  entityAttributesRoutes(app, service);
  entityAttributeRoutes(app, service);
  batchRoutes(app, service);
  queryOperationRoutes(app, service);
  subscriptionsRoutes(app, service);
  subscriptionRoutes(app, service);
  discoveryRoutes(app, service);
  sourceIdentityRoutes(app, service);
  contextsRoutes(app, service);
  notImplementedRoutes(app);
}
