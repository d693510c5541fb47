import type { FastifyInstance } from 'fastify';
import { rdfFormatNamed } from '../../catalogue/dcat/render-rdf.ts';
import { Refusal } from '../../core/errors.ts';
import { documented } from '../route-documentation.ts';
import { rdfFormatFor, sendDataset } from './dcat.ts';
import { datasetParameter, openDataTag } from './documentation.ts';
import { sendDatasetPage } from './pages.ts';
import type { OpenDataService } from './service.ts';

/** `/dataset/{dataset}`: one dataset, in the form that the client takes or that the extension names. */
export function datasetRoutes(app: FastifyInstance, service: OpenDataService): void {
  app.get<{ Params: { dataset: string } }>(
    '/dataset/:dataset',
    {
      schema: documented({
        summary: 'Retrieve a published dataset',
        description:
          'Its page, or with `.ttl`, `.rdf` or `.jsonld` behind the id, or by the Accept header, its description by DCAT-AP.',
        tag: openDataTag,
        operationId: 'retrievePublishedDataset',
        path: datasetParameter,
        answers: { 200: { description: 'The dataset' } },
        errors: [404, 503],
      }),
    },
    async (request, reply) => {
      const [id = '', extension] = request.params.dataset.split('.', 2);
      const format = extension === undefined ? rdfFormatFor(request) : rdfFormatNamed(extension);
      if (extension === 'html' || (extension === undefined && format === undefined)) {
        return sendDatasetPage(request, reply, service, id);
      }
      if (format === undefined) throw new Refusal({ kind: 'unknownPath' });
      return sendDataset(request, reply, service, id, format);
    },
  );
}
