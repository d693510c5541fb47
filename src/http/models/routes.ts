import type { FastifyInstance } from 'fastify';
import type { NgsiService } from '../ngsiv2/service.ts';
import { modelsRoutes } from './models.ts';
import { reportRoutes } from './report.ts';
import { validationRoutes } from './validation.ts';

/** What anybody may know of data models, below `/models`. Changing them is for operators, below `/admin`. */
export function dataModelRoutes(app: FastifyInstance, service: NgsiService): void {
  // Before those that take a type in the same place.
  validationRoutes(app, service);
  reportRoutes(app, service);
  modelsRoutes(app, service);
}
