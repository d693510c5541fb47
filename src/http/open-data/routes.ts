import type { FastifyInstance } from 'fastify';
import { datasetRoutes } from './dataset.ts';
import { dcatRoutes } from './dcat.ts';
import { downloadRoutes } from './downloads.ts';
import type { OpenDataService } from './service.ts';

/** What the public sees: published datasets, and nothing else. */
export function openDataRoutes(app: FastifyInstance, service: OpenDataService): void {
  downloadRoutes(app, service);
  datasetRoutes(app, service);
  dcatRoutes(app, service);
}
