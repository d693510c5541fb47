import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Dataset } from '../../catalogue/dataset/dataset.ts';
import type { Format } from '../../catalogue/formats/format.ts';
import type { Formats } from '../../catalogue/formats/formats.ts';
import { Refusal } from '../../core/errors.ts';
import { documented } from '../route-documentation.ts';
import { datasetParameter, openDataTag } from './documentation.ts';
import { sendFile } from './send-file.ts';
import { linksOf, type OpenDataService, openDataOf } from './service.ts';

/** `/dataset/{dataset}/data.{format}`: a dataset as it is now. */
export function downloadRoutes(app: FastifyInstance, service: OpenDataService): void {
  app.get<{ Params: { dataset: string; file: string } }>(
    '/dataset/:dataset/:file',
    {
      schema: documented({
        summary: 'Download a dataset',
        description:
          'All rows as they are now, as `data.csv`, `data.geojson`, `data.ndjson`, `data.jsonld`, `data.xlsx`, `data.gpkg` or `data.parquet`. Conditional requests, ranges, gzip and brotli.',
        tag: openDataTag,
        operationId: 'downloadDataset',
        path: {
          ...datasetParameter,
          file: Type.String({ description: '`data.` and the format', examples: ['data.csv'] }),
        },
        answers: { 200: { description: 'The file' } },
        errors: [404, 503],
      }),
    },
    async (request, reply) => {
      const { datasets, formats, exports, downloads } = openDataOf(service);
      const dataset = datasets.publishedOf(request.params.dataset);
      const format = formatOf(dataset, formats, request.params.file, 'data');
      const { version, changedAt, open } = await exports.present(dataset, format, linksOf(request, service));
      let release = () => {};
      return sendFile(request, reply, {
        name: `${dataset.id}.${format.code}`,
        mediaType: format.mediaType,
        version,
        changedAt,
        compressible: format.compressible,
        maxAgeSeconds: 0,
        open: () => {
          const live = open();
          const { file, tag } = live;
          release = live.release;
          return {
            tag,
            bytes: file.isWhole ? file.bytes : undefined,
            whole: () => file.whole(),
            read: (start, end) => file.read(start, end),
          };
        },
        onEnd: (status, bytes) => {
          release();
          downloads.count(dataset, format.code, false, bytes, status, request.id);
        },
      });
    },
  );
}

/** The format that a file name names, of those that the dataset has. Refuses with `unknownPath`. */
export function formatOf({ formats: offered }: Dataset, formats: Formats, file: string, stem: string): Format {
  const code = offered.find((one) => file === `${stem}.${one}`);
  if (code === undefined) throw new Refusal({ kind: 'unknownPath' });
  return formats[code];
}
