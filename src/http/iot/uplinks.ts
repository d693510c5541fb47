import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { parseJson } from '../../core/parse-json.ts';
import { IotRefusal, wrongSyntax } from '../../ingest/iot-refusal.ts';
import { isOfTheMoment, refuseReading } from '../../ingest/refused/refuse-reading.ts';
import { dryRun } from '../../ingest/uplinks/dry-run.ts';
import { takeUplink } from '../../ingest/uplinks/take-uplink.ts';
import { entitySchema } from '../ngsiv2/documentation.ts';
import { jsonBody } from '../request-body.ts';
import { documented } from '../route-documentation.ts';
import { groupSchema, iotErrors, provisioningHeaders, readingsTag } from './documentation.ts';
import { type IotService, parametersOf, provisioningScope, sendNothing, sendValue } from './service.ts';

const jsonTypes = ['application/json'];

/** What network servers post (webhooks), and a way to try mappings. Extensions. */
export function uplinksRoutes(app: FastifyInstance, { availability }: IotService): void {
  app.post(
    '/iot/uplinks',
    {
      schema: documented({
        summary: 'Report the message of a network server',
        description:
          'Extension. The service group of the key says, with its `mapping`, what the message means: The Things Stack, ChirpStack, or whatever sends JSON.',
        tag: readingsTag,
        operationId: 'reportUplink',
        query: { k: Type.String({ description: 'API key of the service group' }) },
        body: { types: jsonTypes, schema: Type.Object({}, { additionalProperties: true }) },
        answers: { 200: { description: 'Stored, durably' }, ...iotErrors(400, 404, 413, 415, 422, 503) },
        errors: [],
      }),
    },
    async (request, reply) => {
      const apikey = parametersOf(request).get('k') ?? '';
      if (apikey === '') throw new IotRefusal({ kind: 'missingParameters', names: ['k'] });
      const { ingest } = availability;
      const group = [...ingest.registry.mappedGroups()].find((each) => each.apikey === apikey);
      if (group === undefined) {
        if (!ingest.registry.hasKey(apikey)) throw new IotRefusal({ kind: 'groupNotFound', apikey });
        throw wrongSyntax('the service group of the key has no mapping');
      }
      const payload = jsonBody(request);
      const key = { apikey, resource: group.resource, deviceId: '' };
      try {
        await takeUplink(ingest, group, payload, (deviceId) => {
          key.deviceId = deviceId;
        });
      } catch (error) {
        if (!isOfTheMoment(error)) await refuseReading(ingest, error, { ...key, via: '/iot/uplinks', payload });
        throw error;
      }
      return sendNothing(reply, 200);
    },
  );

  app.post(
    '/iot/dry-run',
    {
      schema: documented({
        summary: 'Try a payload',
        description:
          'Extension. What would be stored of a payload under a service group, one that is there (`apikey`) or one that is described (`service`), with its mapping, attributes and expressions. Nothing is.',
        tag: readingsTag,
        operationId: 'dryRun',
        headers: provisioningHeaders,
        body: {
          types: jsonTypes,
          schema: Type.Object({
            service: Type.Optional(Type.Partial(groupSchema)),
            apikey: Type.Optional(Type.String()),
            resource: Type.Optional(Type.String()),
            device_id: Type.Optional(Type.String({ default: 'device1' })),
            payload: Type.Unknown(),
          }),
        },
        answers: {
          200: {
            description: 'The entities as they would be written, and what is wrong with the payload',
            schema: Type.Object({
              device_id: Type.Optional(Type.String()),
              entities: Type.Array(entitySchema),
              problems: Type.Array(Type.Object({ measure: Type.Optional(Type.String()), problem: Type.String() })),
            }),
          },
          ...iotErrors(400, 404, 413, 415, 503),
        },
        errors: [],
      }),
    },
    (request, reply) =>
      sendValue(reply, dryRun(availability.ingest, provisioningScope(request), parseJson(jsonBody(request)))),
  );
}
