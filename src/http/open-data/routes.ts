import type { FastifyInstance } from 'fastify';
import { downloadRoutes } from './downloads.ts';
import type { OpenDataService } from './service.ts';

/** What the public sees: published datasets, and nothing else. */
export function openDataRoutes(app: FastifyInstance, service: OpenDataService): void {
  downloadRoutes(app, service);
}
