import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { renderRefused } from '../../ingest/refused/refused-readings.ts';
import { pageParameters } from '../ngsiv2/documentation.ts';
import { documented } from '../route-documentation.ts';
import { iotErrors, provisioningHeaders, readingsTag } from './documentation.ts';
import { type IotService, numberIn, parametersOf, provisioningScope, sendValue } from './service.ts';

const tenantHeader = { 'Fiware-Service': provisioningHeaders['Fiware-Service'] };
const ofDevice = { device: Type.String({ description: 'Those of one device', examples: ['sensor1'] }) };

const refusedSchema = Type.Object(
  {
    id: Type.String(),
    refusedAt: Type.String(),
    deviceId: Type.String(),
    via: Type.String({ description: 'The topic or the resource that it came by' }),
    name: Type.String({ description: 'Name of the error' }),
    reason: Type.String(),
    payload: Type.String({
      description: 'What came: its beginning where it is long, in hexadecimal digits where it is no text',
    }),
  },
  {
    examples: [
      {
        id: '65f1c0d2e4b0a1b2c3d4e5f6',
        refusedAt: '2026-01-31T12:00:00.000Z',
        deviceId: 'sensor1',
        via: '/json/4jggokgpepnvsb2uv4s40d59ov/sensor1/attrs',
        name: 'BAD_TIMESTAMP',
        reason: 'Invalid ISO8601 timestamp [yesterday]: write it as 2026-01-31T12:00:00Z',
        payload: '{"t":21.5,"TimeInstant":"yesterday"}',
      },
    ],
  },
);

/** `/iot/refused-readings`: what devices of the tenant sent and was not stored, and why. An extension. */
export function refusedReadingsRoutes(app: FastifyInstance, { availability }: IotService): void {
  app.get(
    '/iot/refused-readings',
    {
      schema: documented({
        summary: 'List refused readings',
        description: 'Extension. The last first; the oldest make room for new ones.',
        tag: readingsTag,
        operationId: 'listRefusedReadings',
        query: { ...ofDevice, ...pageParameters },
        headers: tenantHeader,
        answers: {
          200: {
            description: 'A page of them, and how many there are',
            schema: Type.Object({ count: Type.Integer(), refused: Type.Array(refusedSchema) }),
          },
          ...iotErrors(400, 503),
        },
        errors: [],
      }),
    },
    (request, reply) => {
      const parameters = parametersOf(request);
      const device = parameters.get('device');
      const { tenant } = provisioningScope(request);
      const all = availability.ingest.refused
        .of(tenant)
        .filter(({ deviceId }) => device === null || deviceId === device);
      const offset = numberIn(parameters, 'offset', 0, Number.MAX_SAFE_INTEGER);
      const refused = all.slice(offset, offset + numberIn(parameters, 'limit', 20, 1000)).map(renderRefused);
      return sendValue(reply, { count: all.length, refused });
    },
  );

  app.delete(
    '/iot/refused-readings',
    {
      schema: documented({
        summary: 'Forget refused readings',
        description: 'Extension. Those of one device, or all.',
        tag: readingsTag,
        operationId: 'purgeRefusedReadings',
        query: ofDevice,
        headers: tenantHeader,
        answers: {
          200: { description: 'How many', schema: Type.Object({ purged: Type.Integer() }) },
          ...iotErrors(400, 503),
        },
        errors: [],
      }),
    },
    async (request, reply) => {
      const device = parametersOf(request).get('device');
      const { tenant } = provisioningScope(request);
      return sendValue(reply, { purged: await availability.ingest.refused.purge(tenant, device ?? undefined) });
    },
  );
}
