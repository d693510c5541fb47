import type { FastifyInstance } from 'fastify';
import { whenKnown } from '../../core/awaitable.ts';
import { Refusal } from '../../core/errors.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseAttributeValue } from '../../dialects/ngsiv2/parse-attribute-value.ts';
import { parseEntityParameters } from '../../dialects/ngsiv2/parse-query.ts';
import { renderValue } from '../../dialects/ngsiv2/render-value.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { preferredType } from '../accept-header.ts';
import { sendRendered } from '../json-reply.ts';
import { valueBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { utf8TextOf } from '../utf8-text.ts';
import {
  attributeName,
  entityId,
  entityType,
  freshnessHeader,
  optionsParameter,
  scopeHeaders,
  valueSchema,
} from './documentation.ts';
import { type AttributePath, attributeNameOf, entityRef, writeOptions } from './entity-parameters.ts';
import { shownAttribute, writeAttribute } from './expiry-attribute.ts';
import { foundEntity, withinReach } from './forwarding.ts';
import type { NgsiService } from './service.ts';

const structured = ['application/json', 'text/plain'];
const scalar = ['text/plain'];

/** `/v2/entities/{entityId}/attrs/{attrName}/value` [V2 attribute value] */
export function attributeValueRoutes(app: FastifyInstance, service: NgsiService): void {
  const url = '/v2/entities/:entityId/attrs/:attrName/value';
  const path = { ...entityId, ...attributeName };

  app.get<{ Params: AttributePath }>(
    url,
    {
      schema: documented({
        summary: 'Retrieve the value of an attribute',
        description:
          'Objects and arrays as JSON, or as text when the Accept header prefers it; texts (in quotes), numbers, booleans and null as text.',
        tag: 'Attribute value',
        operationId: 'getAttributeValue',
        path,
        query: { ...entityType, ...optionsParameter('skipForwarding', 'skipForwarding') },
        headers: { ...scopeHeaders, ...freshnessHeader },
        answers: { 200: { description: 'The value', types: structured, schema: valueSchema } },
        errors: [400, 404, 406, 409, 503],
      }),
    },
    (request, reply) => {
      const name = attributeNameOf(request.params, service.text);
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const { type } = parseEntityParameters(parameters);
      const ref = entityRef(request.params, type, service.text);
      const reach = withinReach(scope, parseOptions(parameters));
      return whenKnown(foundEntity(reply, service, reach, ref, { attrs: [name] }), ({ entity }) => {
        const attribute = shownAttribute(entity, name);
        if (attribute === undefined) throw new Refusal({ kind: 'attributeNotFound' });
        const { contentType, body } = renderValue(attribute);
        const offers = contentType === 'text/plain' ? scalar : structured;
        const chosen = preferredType(request.headers.accept, offers);
        if (chosen === undefined) throw new Refusal({ kind: 'notAcceptable', accepted: offers });
        sendRendered(reply, utf8TextOf(body), chosen);
      });
    },
  );

  app.put<{ Params: AttributePath }>(
    url,
    {
      schema: documented({
        summary: 'Update the value of an attribute',
        description:
          'JSON: an object or an array. Text: a text in quotes, true, false, null or a number. Type and metadata stay.',
        tag: 'Attribute value',
        operationId: 'updateAttributeValue',
        path,
        query: { ...entityType, ...optionsParameter('forcedUpdate, flowControl, skipForwarding', 'forcedUpdate') },
        headers: scopeHeaders,
        body: { types: structured, schema: valueSchema },
        answers: { 204: { description: 'Written, durably' } },
        errors: [400, 404, 406, 409, 411, 413, 415, 422, 502, 503],
      }),
    },
    async (request, reply) => {
      const name = attributeNameOf(request.params, service.text);
      const scope = requestScope(request, 'update');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const { type } = parseEntityParameters(parameters);
      const write = parseAttributeValue(name, valueBody(request), service.text);
      const options = parseOptions(parameters);
      const { forced } = writeOptions(options);
      const ref = entityRef(request.params, type, service.text);
      await writeAttribute(service, withinReach(scope, options), ref, write, { forced, overrideMetadata: false });
      return reply.code(204).send();
    },
  );
}
