import type { FastifyInstance } from 'fastify';
import { whenKnown } from '../../core/awaitable.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseAttribute } from '../../dialects/ngsiv2/parse-entity.ts';
import { parseEntityParameters } from '../../dialects/ngsiv2/parse-query.ts';
import { renderAttribute } from '../../dialects/ngsiv2/render-entity.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendRendered } from '../json-reply.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { utf8TextOf } from '../utf8-text.ts';
import {
  attributeName,
  attributeSchema,
  entityId,
  entityType,
  freshnessHeader,
  jsonTypes,
  optionsParameter,
  projectionParameters,
  scopeHeaders,
} from './documentation.ts';
import { type AttributePath, attributeNameOf, entityRef, writeOptions } from './entity-parameters.ts';
import { removeShownAttribute, writeAttribute } from './expiry-attribute.ts';
import { foundEntity, withinReach } from './forwarding.ts';
import type { NgsiService } from './service.ts';

/** `/v2/entities/{entityId}/attrs/{attrName}` [V2 attribute] */
export function attributeRoutes(app: FastifyInstance, service: NgsiService): void {
  const url = '/v2/entities/:entityId/attrs/:attrName';
  const path = { ...entityId, ...attributeName };

  app.get<{ Params: AttributePath }>(
    url,
    {
      schema: documented({
        summary: 'Retrieve an attribute',
        description: 'Type, value and metadata of one attribute.',
        tag: 'Attributes',
        operationId: 'getAttributeData',
        path,
        query: {
          ...entityType,
          metadata: projectionParameters.metadata,
          ...optionsParameter('keyValues, skipForwarding', 'keyValues'),
        },
        headers: { ...scopeHeaders, ...freshnessHeader },
        answers: { 200: { description: 'The attribute', schema: attributeSchema } },
        errors: [400, 404, 406, 409, 503],
      }),
    },
    (request, reply) => {
      const name = attributeNameOf(request.params, service.text);
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const { type, projection } = parseEntityParameters(parameters);
      const ref = entityRef(request.params, type, service.text);
      const reach = withinReach(scope, parseOptions(parameters));
      return whenKnown(foundEntity(reply, service, reach, ref, { attrs: [name] }), ({ entity }) =>
        sendRendered(reply, utf8TextOf(renderAttribute(entity, name, projection))),
      );
    },
  );

  app.put<{ Params: AttributePath }>(
    url,
    {
      schema: documented({
        summary: 'Update an attribute',
        description: 'Writes value, type and metadata. Metadata that the body does not name stays, unless overridden.',
        tag: 'Attributes',
        operationId: 'updateAttributeData',
        path,
        query: {
          ...entityType,
          ...optionsParameter('overrideMetadata, forcedUpdate, flowControl, skipForwarding', 'overrideMetadata'),
        },
        headers: scopeHeaders,
        body: { types: jsonTypes, schema: attributeSchema },
        answers: { 204: { description: 'Written, durably' } },
        errors: [400, 404, 406, 409, 411, 413, 415, 422, 502, 503],
      }),
    },
    async (request, reply) => {
      const name = attributeNameOf(request.params, service.text);
      const scope = requestScope(request, 'update');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const { type } = parseEntityParameters(parameters);
      const write = parseAttribute(name, parseJson(jsonBody(request)), service.text);
      const options = parseOptions(parameters);
      const ref = entityRef(request.params, type, service.text);
      await writeAttribute(service, withinReach(scope, options), ref, write, writeOptions(options));
      return reply.code(204).send();
    },
  );

  app.delete<{ Params: AttributePath }>(
    url,
    {
      schema: documented({
        summary: 'Remove an attribute',
        description: 'Removes one attribute; the entity stays.',
        tag: 'Attributes',
        operationId: 'removeASingleAttribute',
        path,
        query: { ...entityType, ...optionsParameter('skipForwarding', 'skipForwarding') },
        headers: scopeHeaders,
        answers: { 204: { description: 'Removed, durably' } },
        errors: [400, 404, 406, 409, 422, 502, 503],
      }),
    },
    async (request, reply) => {
      const name = attributeNameOf(request.params, service.text);
      const scope = requestScope(request, 'update');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const { type } = parseEntityParameters(parameters);
      const ref = entityRef(request.params, type, service.text);
      await removeShownAttribute(service, withinReach(scope, parseOptions(parameters)), ref, name);
      return reply.code(204).send();
    },
  );
}
