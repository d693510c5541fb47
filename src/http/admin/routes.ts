import type { FastifyInstance } from 'fastify';
import type { Availability } from '../availability.ts';
import { deadLettersRoutes } from './dead-letters.ts';
import { deliveriesRoutes } from './deliveries.ts';
import { modelPolicyRoutes } from './model-policy.ts';
import { adminModelsRoutes } from './models.ts';

/** What operators look at and set right, below `/admin`. There only where the configuration turns it on: it knows no users. */
export function adminRoutes(app: FastifyInstance, availability: Availability): void {
  deadLettersRoutes(app, availability);
  deliveriesRoutes(app, availability);
  adminModelsRoutes(app, availability);
  modelPolicyRoutes(app, availability);
}
