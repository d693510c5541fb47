import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Refusal } from '../../core/errors.ts';
import { parseJson } from '../../dialects/ngsiv2/parse-json.ts';
import { IotRefusal } from '../../ingest/iot-refusal.ts';
import type { DeviceProfile } from '../../ingest/profile/device-profile.ts';
import { parseDevicePayload } from '../../ingest/readings/parse-device-payload.ts';
import { hexOf, parseSingleMeasure } from '../../ingest/readings/parse-json-payload.ts';
import { parseObservedAt } from '../../ingest/readings/parse-observed-at.ts';
import { parseUltralight } from '../../ingest/readings/parse-ultralight.ts';
import type { ParsedPayload } from '../../ingest/readings/reading.ts';
import { type DeviceKey, recordPayload } from '../../ingest/readings/record-payload.ts';
import { isOfTheMoment, refuseReading } from '../../ingest/refused/refuse-reading.ts';
import { jsonResource, ultralightResource } from '../../ingest/registry/service-group.ts';
import { documented } from '../route-documentation.ts';
import { iotErrors, measureParameters, readingsTag } from './documentation.ts';
import { type IotService, parametersOf, sendNothing } from './service.ts';

type MeasurePath = { readonly name: string };

const errors = iotErrors(400, 404, 413, 415, 422, 429, 503);
const measures = Type.Union(
  [Type.Object({}, { additionalProperties: true }), Type.Array(Type.Object({}, { additionalProperties: true }))],
  { examples: [{ t: 21.5, h: 40 }] },
);

/** Where devices send what they measure over HTTP. [IoTA JSON HTTP binding] [UL2.0 HTTP binding] */
export function readingsRoutes(app: FastifyInstance, service: IotService): void {
  app.post(
    jsonResource,
    {
      schema: documented({
        summary: 'Report measures in JSON',
        description: 'An object of measures, or an array of such objects, each of which is a reading.',
        tag: readingsTag,
        operationId: 'reportJson',
        query: measureParameters,
        body: { types: ['application/json'], schema: measures },
        answers: { 200: { description: 'Stored, durably' }, ...errors },
        errors: [],
      }),
    },
    async (request, reply) => {
      await take(request, jsonResource, (profile) => parseDevicePayload(profile, textOf(request), 'json'));
      return sendNothing(reply, 200);
    },
  );

  app.post<{ Params: MeasurePath }>(
    `${jsonResource}/attrs/:name`,
    {
      schema: documented({
        summary: 'Report one measure',
        description:
          'Its value: JSON, or text, or bytes, which become hexadecimal digits. An array of `{"value", "timestamp"}` is several readings.',
        tag: readingsTag,
        operationId: 'reportOneMeasure',
        path: { name: Type.String({ description: 'Name of the measure', examples: ['t'] }) },
        query: measureParameters,
        body: { types: ['application/json', 'text/plain', 'application/octet-stream'], schema: Type.Unknown() },
        answers: { 200: { description: 'Stored, durably' }, ...errors },
        errors: [],
      }),
    },
    async (request, reply) => {
      await take(request, jsonResource, () => parseSingleMeasure(request.params.name, measuredIn(request)));
      return sendNothing(reply, 200);
    },
  );

  app.post(
    ultralightResource,
    {
      schema: documented({
        summary: 'Report measures in Ultralight 2.0',
        description: 'Pairs of name and value, in groups each of which is a reading: `t|21.5|h|40#t|22`.',
        tag: readingsTag,
        operationId: 'reportUltralight',
        query: measureParameters,
        body: { types: ['text/plain'], schema: Type.String({ examples: ['t|21.5|h|40'] }) },
        answers: { 200: { description: 'Stored, durably' }, ...errors },
        errors: [],
      }),
    },
    async (request, reply) => {
      await take(request, ultralightResource, () => parseUltralight(textOf(request)));
      return sendText(reply, '');
    },
  );

  app.get(
    ultralightResource,
    {
      schema: documented({
        summary: 'Report measures in the URL',
        description: 'Ultralight 2.0 in the parameter `d`, for devices that can no more than GET.',
        tag: readingsTag,
        operationId: 'reportUltralightByUrl',
        query: { ...measureParameters, d: Type.String({ description: 'The measures', examples: ['t|21.5'] }) },
        answers: { 200: { description: 'Stored, durably' }, ...iotErrors(400, 404, 422, 429, 503) },
        errors: [],
      }),
    },
    async (request, reply) => {
      const payload = parametersOf(request).get('d');
      if (payload === null) throw new IotRefusal({ kind: 'missingParameters', names: ['k', 'i', 'd'] });
      await take(request, ultralightResource, () => parseUltralight(payload));
      return sendText(reply, '');
    },
  );

  async function take(
    request: FastifyRequest,
    resource: string,
    parse: (profile: DeviceProfile) => ParsedPayload,
  ): Promise<void> {
    const parameters = parametersOf(request);
    const time = parameters.get('t');
    const key = { ...deviceKeyOf(parameters), resource };
    const { ingest } = service.availability;
    try {
      await recordPayload(ingest, key, parse, time === null || time === '' ? undefined : parseObservedAt(time));
    } catch (error) {
      // Few devices look at what they are answered.
      if (!isOfTheMoment(error))
        await refuseReading(ingest, error, { ...key, via: resource, payload: payloadOf(request) });
      throw error;
    }
  }
}

/** What was sent, for the record. */
function payloadOf(request: FastifyRequest): Uint8Array | string {
  const { body } = request;
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body;
  return parametersOf(request).get('d') ?? '';
}

function deviceKeyOf(parameters: URLSearchParams): DeviceKey {
  const apikey = parameters.get('k') ?? '';
  const deviceId = parameters.get('i') ?? '';
  if (apikey === '' || deviceId === '') throw new IotRefusal({ kind: 'missingParameters', names: ['k', 'i'] });
  return { apikey, deviceId };
}

/** Devices say what they like of the type of their payload, or nothing: the resource knows it. */
function textOf(request: FastifyRequest): string {
  const { body } = request;
  if (typeof body === 'string' && body !== '') return body;
  throw new Refusal({ kind: 'lengthRequired' });
}

function measuredIn(request: FastifyRequest) {
  const { body } = request;
  if (Buffer.isBuffer(body)) return hexOf(body);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/soap')) {
    throw new Refusal({ kind: 'unsupportedMediaType', description: `not supported content type: ${type}` });
  }
  return type.startsWith('text/plain') ? textOf(request) : parseJson(textOf(request));
}

function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.code(200).header('content-type', 'text/plain').send(text);
}
