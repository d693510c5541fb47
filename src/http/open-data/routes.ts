import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../observe/log.ts';
import { ckanRoutes } from './ckan.ts';
import { datasetRoutes } from './dataset.ts';
import { dcatRoutes } from './dcat.ts';
import { downloadRoutes } from './downloads.ts';
import { answerProblems } from './errors.ts';
import { featuresRoutes } from './features.ts';
import { ngsiRoutes } from './ngsi.ts';
import type { OpenDataService } from './service.ts';

/** What the public sees: published datasets, and nothing else. */
export function openDataRoutes(app: FastifyInstance, service: OpenDataService, log: Logger): void {
  answerProblems(app, log);
  downloadRoutes(app, service);
  datasetRoutes(app, service);
  dcatRoutes(app, service);
  ngsiRoutes(app, service, service.limits);
  app.register(async (ckan) => ckanRoutes(ckan, service, log));
  app.register(async (features) => featuresRoutes(features, service, log));
}
