import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { parseJson } from '../../core/parse-json.ts';
import { IotRefusal } from '../../ingest/iot-refusal.ts';
import {
  createGroups,
  type GroupKey,
  listGroups,
  removeGroup,
  updateGroup,
} from '../../ingest/provisioning/provision-groups.ts';
import { jsonBody } from '../request-body.ts';
import { documented } from '../route-documentation.ts';
import { groupKeyParameters, groupSchema, iotErrors, provisioningHeaders, provisioningTag } from './documentation.ts';
import { type IotService, parametersOf, provisioningScope, sendNothing, sendValue } from './service.ts';

const jsonTypes = ['application/json'];

/** `/iot/services`: groups of devices that share an API key. [IoTA config group API] */
export function serviceGroupsRoutes(app: FastifyInstance, { availability }: IotService): void {
  app.get(
    '/iot/services',
    {
      schema: documented({
        summary: 'List service groups',
        description: 'Those of the service path, or of every path with `/*`.',
        tag: provisioningTag,
        operationId: 'listServiceGroups',
        query: groupKeyParameters,
        headers: provisioningHeaders,
        answers: {
          200: {
            description: 'The groups, as they were written',
            schema: Type.Object({ count: Type.Integer(), services: Type.Array(groupSchema) }),
          },
          ...iotErrors(400, 503),
        },
        errors: [],
      }),
    },
    (request, reply) => {
      const parameters = parametersOf(request);
      const resource = parameters.get('resource');
      const apikey = parameters.get('apikey');
      const services = listGroups(availability.ingest, provisioningScope(request), {
        ...(resource !== null && { resource }),
        ...(apikey !== null && { apikey }),
      });
      return sendValue(reply, { count: services.length, services });
    },
  );

  app.post(
    '/iot/services',
    {
      schema: documented({
        summary: 'Create service groups',
        description: 'All of them, or none. A key and a resource name one group among those of all tenants.',
        tag: provisioningTag,
        operationId: 'createServiceGroups',
        headers: provisioningHeaders,
        body: { types: jsonTypes, schema: Type.Object({ services: Type.Array(groupSchema) }) },
        answers: { 201: { description: 'Created, durably' }, ...iotErrors(400, 409, 413, 415, 503) },
        errors: [],
      }),
    },
    async (request, reply) => {
      await createGroups(availability.ingest, provisioningScope(request), parseJson(jsonBody(request)));
      return sendNothing(reply, 201);
    },
  );

  app.put(
    '/iot/services',
    {
      schema: documented({
        summary: 'Change a service group',
        description: 'Replaces the members that the body has.',
        tag: provisioningTag,
        operationId: 'updateServiceGroup',
        query: groupKeyParameters,
        headers: provisioningHeaders,
        body: { types: jsonTypes, schema: Type.Partial(groupSchema) },
        answers: { 204: { description: 'Changed, durably' }, ...iotErrors(400, 404, 409, 413, 415, 503) },
        errors: [],
      }),
    },
    async (request, reply) => {
      const body = parseJson(jsonBody(request));
      await updateGroup(availability.ingest, provisioningScope(request), groupKeyOf(request), body);
      return reply.code(204).send();
    },
  );

  app.delete(
    '/iot/services',
    {
      schema: documented({
        summary: 'Remove a service group',
        description: 'Readings under its key are refused from now on.',
        tag: provisioningTag,
        operationId: 'removeServiceGroup',
        query: { ...groupKeyParameters, device: Type.Boolean({ description: 'Its devices go too', default: false }) },
        headers: provisioningHeaders,
        answers: { 204: { description: 'Removed, durably' }, ...iotErrors(400, 404, 503) },
        errors: [],
      }),
    },
    async (request, reply) => {
      const withDevices = parametersOf(request).get('device') === 'true';
      await removeGroup(availability.ingest, provisioningScope(request), groupKeyOf(request), withDevices);
      return reply.code(204).send();
    },
  );
}

function groupKeyOf(request: FastifyRequest): GroupKey {
  const parameters = parametersOf(request);
  const resource = parameters.get('resource');
  const apikey = parameters.get('apikey');
  if (resource !== null && apikey !== null) return { resource, apikey };
  throw new IotRefusal({ kind: 'missingParameters', names: ['resource', 'apikey'] });
}
