import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { parseJson } from '../../core/parse-json.ts';
import {
  createDevices,
  type DeviceName,
  listDevices,
  removeDevice,
  retrieveDevice,
  updateDevice,
} from '../../ingest/provisioning/provision-devices.ts';
import { pageParameters } from '../ngsiv2/documentation.ts';
import { jsonBody } from '../request-body.ts';
import { documented } from '../route-documentation.ts';
import { deviceSchema, iotErrors, provisioningHeaders, provisioningTag } from './documentation.ts';
import { type IotService, numberIn, parametersOf, provisioningScope, sendNothing, sendValue } from './service.ts';

type DevicePath = { readonly deviceId: string };

const jsonTypes = ['application/json'];
const path = { deviceId: Type.String({ description: 'Device id', examples: ['sensor1'] }) };
const whichOne = {
  apikey: Type.String({ description: 'Key of its own, where several devices of the path have the id' }),
};

/** `/iot/devices` and one of them. [IoTA device API] */
export function devicesRoutes(app: FastifyInstance, { availability }: IotService): void {
  app.get(
    '/iot/devices',
    {
      schema: documented({
        summary: 'List devices',
        description: 'Those of the service path, or of every path with `/*`; provisioned or come to be by themselves.',
        tag: provisioningTag,
        operationId: 'listDevices',
        query: {
          ...pageParameters,
          protocol: Type.String({ description: 'Those of a protocol' }),
          entity: Type.String({ description: 'Those of an entity' }),
        },
        headers: provisioningHeaders,
        answers: {
          200: {
            description: 'A page of the devices, and how many there are',
            schema: Type.Object({ count: Type.Integer(), devices: Type.Array(deviceSchema) }),
          },
          ...iotErrors(400, 503),
        },
        errors: [],
      }),
    },
    (request, reply) => {
      const parameters = parametersOf(request);
      const protocol = parameters.get('protocol');
      const entityName = parameters.get('entity');
      const { count, devices } = listDevices(availability.ingest, provisioningScope(request), {
        limit: numberIn(parameters, 'limit', 20, 1000),
        offset: numberIn(parameters, 'offset', 0, Number.MAX_SAFE_INTEGER),
        ...(protocol !== null && { protocol }),
        ...(entityName !== null && { entityName }),
      });
      return sendValue(reply, { count, devices });
    },
  );

  app.post(
    '/iot/devices',
    {
      schema: documented({
        summary: 'Provision devices',
        description: 'All of them, or none. What a device does not say itself is as its service group says.',
        tag: provisioningTag,
        operationId: 'createDevices',
        headers: provisioningHeaders,
        body: { types: jsonTypes, schema: Type.Object({ devices: Type.Array(deviceSchema) }) },
        answers: { 201: { description: 'Created, durably' }, ...iotErrors(400, 409, 413, 415, 503) },
        errors: [],
      }),
    },
    async (request, reply) => {
      await createDevices(availability.ingest, provisioningScope(request), parseJson(jsonBody(request)));
      return sendNothing(reply, 201);
    },
  );

  app.get<{ Params: DevicePath }>(
    '/iot/devices/:deviceId',
    {
      schema: documented({
        summary: 'Retrieve a device',
        description: 'As it was provisioned, or came to be.',
        tag: provisioningTag,
        operationId: 'retrieveDevice',
        path,
        query: whichOne,
        headers: provisioningHeaders,
        answers: { 200: { description: 'The device', schema: deviceSchema }, ...iotErrors(400, 404, 503) },
        errors: [],
      }),
    },
    (request, reply) =>
      sendValue(reply, retrieveDevice(availability.ingest, provisioningScope(request), nameOf(request))),
  );

  app.put<{ Params: DevicePath }>(
    '/iot/devices/:deviceId',
    {
      schema: documented({
        summary: 'Change a device',
        description: 'Replaces the members that the body has; id, key and entity stay.',
        tag: provisioningTag,
        operationId: 'updateDevice',
        path,
        query: whichOne,
        headers: provisioningHeaders,
        body: { types: jsonTypes, schema: Type.Partial(deviceSchema) },
        answers: { 204: { description: 'Changed, durably' }, ...iotErrors(400, 404, 413, 415, 503) },
        errors: [],
      }),
    },
    async (request, reply) => {
      const body = parseJson(jsonBody(request));
      await updateDevice(availability.ingest, provisioningScope(request), nameOf(request), body);
      return reply.code(204).send();
    },
  );

  app.delete<{ Params: DevicePath }>(
    '/iot/devices/:deviceId',
    {
      schema: documented({
        summary: 'Remove a device',
        description: 'Its entity stays.',
        tag: provisioningTag,
        operationId: 'removeDevice',
        path,
        query: whichOne,
        headers: provisioningHeaders,
        answers: { 204: { description: 'Removed, durably' }, ...iotErrors(400, 404, 503) },
        errors: [],
      }),
    },
    async (request, reply) => {
      await removeDevice(availability.ingest, provisioningScope(request), nameOf(request));
      return reply.code(204).send();
    },
  );
}

function nameOf(request: FastifyRequest<{ Params: DevicePath }>): DeviceName {
  const apikey = parametersOf(request).get('apikey');
  return { deviceId: request.params.deviceId, ...(apikey !== null && { apikey }) };
}
