import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Refusal } from '../../core/errors.ts';
import { documented } from '../route-documentation.ts';
import { datasetParameter, openDataTag } from './documentation.ts';
import { sendFile } from './send-file.ts';
import { type OpenDataService, openDataOf } from './service.ts';

/** How long caches may keep what never changes, in seconds. */
const yearSeconds = 31_536_000;

/** `/dataset/{dataset}/snapshots/{moment}.{format}`: a dataset as it was. */
export function snapshotRoutes(app: FastifyInstance, service: OpenDataService): void {
  app.get<{ Params: { dataset: string; file: string } }>(
    '/dataset/:dataset/snapshots/:file',
    {
      schema: documented({
        summary: 'Download a dated copy of a dataset',
        description:
          'All rows as they were then; the file never changes. Conditional requests, ranges, gzip and brotli.',
        tag: openDataTag,
        operationId: 'downloadSnapshot',
        path: {
          ...datasetParameter,
          file: Type.String({ description: 'Day or hour, and format', examples: ['2026-01-31.csv'] }),
        },
        answers: { 200: { description: 'The file' } },
        errors: [404, 503],
      }),
    },
    (request, reply) => {
      const { datasets, formats, snapshots, downloads } = openDataOf(service);
      const dataset = datasets.publishedOf(request.params.dataset);
      const [moment, code] = request.params.file.split('.', 2);
      const snapshot = snapshots.of(dataset).find((one) => one.moment === moment);
      const file = snapshot?.files.find(({ format }) => format === code);
      if (snapshot === undefined || file === undefined) throw new Refusal({ kind: 'unknownPath' });
      const { mediaType, compressible } = formats[file.format];
      return sendFile(request, reply, {
        name: `${dataset.id}_${moment}.${file.format}`,
        mediaType,
        version: undefined,
        changedAt: snapshot.takenAt,
        compressible,
        maxAgeSeconds: yearSeconds,
        open: () => ({
          tag: file.sha256.slice(0, 40),
          bytes: file.bytes,
          whole: async () => file.bytes,
          read: (start, end) => snapshots.read(dataset.id, snapshot, file.format, start, Math.min(end, file.bytes)),
        }),
        onEnd: (status, bytes) => downloads.count(dataset, file.format, true, bytes, status, request.id),
      });
    },
  );
}
