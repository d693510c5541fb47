import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../observe/log.ts';
import { ckanRoutes } from './ckan.ts';
import { datasetRoutes } from './dataset.ts';
import { dcatRoutes } from './dcat.ts';
import { downloadRoutes } from './downloads.ts';
import { answerProblems } from './errors.ts';
import { featuresRoutes } from './features.ts';
import { ngsiRoutes } from './ngsi.ts';
import { pageRoutes } from './pages.ts';
import { limitRates } from './rate-limit.ts';
import type { OpenDataService } from './service.ts';
import { snapshotRoutes } from './snapshots.ts';

/** What the public sees: published datasets, and nothing else. */
export async function openDataRoutes(app: FastifyInstance, service: OpenDataService, log: Logger): Promise<void> {
  answerProblems(app, log);
  await limitRates(app, service);
  pageRoutes(app, service);
  downloadRoutes(app, service);
  snapshotRoutes(app, service);
  datasetRoutes(app, service);
  dcatRoutes(app, service);
  ngsiRoutes(app, service, service.limits);
  app.register(async (ckan) => ckanRoutes(ckan, service, log));
  app.register(async (features) => featuresRoutes(features, service, log));
}
