import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Refusal } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { renderCollected } from '../../ingest/commands/delivery.ts';
import { parseResults, recordResults } from '../../ingest/commands/record-results.ts';
import { IotRefusal } from '../../ingest/iot-refusal.ts';
import type { DeviceProfile } from '../../ingest/profile/device-profile.ts';
import { parseDevicePayload } from '../../ingest/readings/parse-device-payload.ts';
import { hexOf, parseSingleMeasure } from '../../ingest/readings/parse-json-payload.ts';
import { parseObservedAt } from '../../ingest/readings/parse-observed-at.ts';
import { parseUltralight } from '../../ingest/readings/parse-ultralight.ts';
import type { ParsedPayload } from '../../ingest/readings/reading.ts';
import { type DeviceKey, knownDevice, recordPayload } from '../../ingest/readings/record-payload.ts';
import { isOfTheMoment, refuseReading } from '../../ingest/refused/refuse-reading.ts';
import { jsonResource, ultralightResource } from '../../ingest/registry/service-group.ts';
import { sendJson } from '../json-reply.ts';
import { documented } from '../route-documentation.ts';
import { deviceKeyParameters, iotErrors, measureParameters, pollParameter, readingsTag } from './documentation.ts';
import { type IotService, parametersOf, sendNothing } from './service.ts';

type MeasurePath = { readonly name: string };

const errors = iotErrors(400, 404, 413, 415, 422, 429, 503);
const measures = Type.Union(
  [Type.Object({}, { additionalProperties: true }), Type.Array(Type.Object({}, { additionalProperties: true }))],
  { examples: [{ t: 21.5, h: 40 }] },
);

const commandsSchema = Type.Object({}, { additionalProperties: true, examples: [{ turn: 'left' }] });

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
        query: { ...measureParameters, ...pollParameter },
        body: { types: ['application/json'], schema: measures },
        answers: { 200: { description: 'Stored, durably' }, ...errors },
        errors: [],
      }),
    },
    async (request, reply) => {
      await take(request, jsonResource, (profile) => parseDevicePayload(profile, textOf(request), 'json'));
      return sendCommands(request, reply, 'json');
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
        query: { ...measureParameters, ...pollParameter },
        body: { types: ['text/plain'], schema: Type.String({ examples: ['t|21.5|h|40'] }) },
        answers: { 200: { description: 'Stored, durably' }, ...errors },
        errors: [],
      }),
    },
    async (request, reply) => {
      await take(request, ultralightResource, () => parseUltralight(textOf(request)));
      return sendCommands(request, reply, 'ultralight');
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
        query: {
          ...measureParameters,
          ...pollParameter,
          d: Type.String({ description: 'The measures', examples: ['t|21.5'] }),
        },
        answers: { 200: { description: 'Stored, durably' }, ...iotErrors(400, 404, 422, 429, 503) },
        errors: [],
      }),
    },
    async (request, reply) => {
      const payload = parametersOf(request).get('d');
      if (payload !== null) await take(request, ultralightResource, () => parseUltralight(payload));
      else if (!asksForCommands(request)) throw new IotRefusal({ kind: 'missingParameters', names: ['k', 'i', 'd'] });
      return sendCommands(request, reply, 'ultralight');
    },
  );

  app.get(
    jsonResource,
    {
      schema: documented({
        summary: 'Ask for commands',
        description:
          'What the device has not been told yet, by the name of the command, for devices that cannot be sent to.',
        tag: readingsTag,
        operationId: 'pollCommands',
        query: { ...deviceKeyParameters, ...pollParameter },
        answers: { 200: { description: 'The commands', schema: commandsSchema }, ...iotErrors(400, 404, 503) },
        errors: [],
      }),
    },
    (request, reply) => {
      if (!asksForCommands(request)) throw new IotRefusal({ kind: 'missingParameters', names: ['k', 'i', 'getCmd'] });
      return sendCommands(request, reply, 'json');
    },
  );

  app.post(
    `${jsonResource}/commands`,
    {
      schema: documented({
        summary: 'Report what came of commands',
        description: 'By the name of the command; becomes its `_info`, and its `_status` OK.',
        tag: readingsTag,
        operationId: 'reportResults',
        query: deviceKeyParameters,
        body: { types: ['application/json'], schema: commandsSchema },
        answers: { 200: { description: 'Stored, durably' }, ...errors },
        errors: [],
      }),
    },
    async (request, reply) => {
      const { ingest } = service.availability;
      const key = { ...deviceKeyOf(parametersOf(request)), resource: jsonResource };
      await recordResults(ingest, knownDevice(ingest, key), parseResults(parseJson(textOf(request))));
      return sendNothing(reply, 200);
    },
  );

  /** Nothing, unless the device asks what it is to do. */
  async function sendCommands(
    request: FastifyRequest,
    reply: FastifyReply,
    protocol: 'json' | 'ultralight',
  ): Promise<FastifyReply> {
    const { ingest } = service.availability;
    const key = deviceKeyOf(parametersOf(request));
    let text = protocol === 'json' ? '{}' : '';
    if (asksForCommands(request)) {
      const device = knownDevice(ingest, key);
      text = renderCollected(await ingest.delivery.collect(device), device, protocol);
    }
    return protocol === 'json' ? sendJson(reply.code(200), text) : sendText(reply, text);
  }

  async function take(
    request: FastifyRequest,
    resource: string,
    parse: (profile: DeviceProfile) => ParsedPayload,
  ): Promise<void> {
    const parameters = parametersOf(request);
    const time = parameters.get('t');
    const key = { ...deviceKeyOf(parameters), resource };
    const { ingest } = service.availability;
    const admission = ingest.pace.admit(`${key.apikey}/${key.deviceId}`, ingest.broker.clock.now());
    if (admission !== 'admitted') throw ingest.pace.refusalOf(key.deviceId);
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

function asksForCommands(request: FastifyRequest): boolean {
  return parametersOf(request).get('getCmd') === '1';
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
