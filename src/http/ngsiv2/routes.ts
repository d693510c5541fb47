import type { FastifyInstance } from 'fastify';
import { attributeRoutes } from './attribute.ts';
import { attributeValueRoutes } from './attribute-value.ts';
import { batchQueryRoutes } from './batch-query.ts';
import { batchUpdateRoutes } from './batch-update.ts';
import { entitiesRoutes } from './entities.ts';
import { entitiesRemovalRoutes } from './entities-removal.ts';
import { entityRoutes } from './entity.ts';
import { entityAttributesRoutes } from './entity-attributes.ts';
import { entryPointRoutes } from './entry-point.ts';
import { notificationRoutes } from './notification.ts';
import { registrationRoutes } from './registration.ts';
import { registrationsRoutes } from './registrations.ts';
import type { NgsiService } from './service.ts';
import { subscriptionRoutes } from './subscription.ts';
import { subscriptionsRoutes } from './subscriptions.ts';
import { typesRoutes } from './types.ts';

/** Every resource of NGSIv2, in the order of the specification. */
export function ngsiv2Routes(app: FastifyInstance, service: NgsiService): void {
  entryPointRoutes(app, service);
  entitiesRoutes(app, service);
  entitiesRemovalRoutes(app, service);
  entityRoutes(app, service);
  entityAttributesRoutes(app, service);
  attributeRoutes(app, service);
  attributeValueRoutes(app, service);
  typesRoutes(app, service);
  subscriptionsRoutes(app, service);
  subscriptionRoutes(app, service);
  registrationsRoutes(app, service);
  registrationRoutes(app, service);
  batchUpdateRoutes(app, service);
  batchQueryRoutes(app, service);
  notificationRoutes(app, service);
}
