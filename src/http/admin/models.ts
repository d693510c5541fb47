import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { type AddedModel, addModel, type ModelSubmission, removeModel } from '../../broker/models/add-model.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { renderViolation } from '../../core/model/violation.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import type { Availability } from '../availability.ts';
import { sendJson } from '../json-reply.ts';
import { jsonTypes } from '../ngsiv2/documentation.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { adminTag, tenantHeader } from './documentation.ts';

const submissionSchema = Type.Object({
  schema: Type.Object({}, { additionalProperties: true, description: 'The model: JSON Schema of any draft' }),
  url: Type.Optional(Type.String({ description: 'Where it lies; what its references are read against' })),
  shared: Type.Optional(
    Type.Array(Type.Object({ url: Type.String(), schema: Type.Object({}, { additionalProperties: true }) }), {
      description: 'Documents that it refers to, beside those that the broker has',
    }),
  ),
  examples: Type.Optional(
    Type.Array(Type.Object({}, { additionalProperties: true }), { description: 'In key-value form' }),
  ),
});

const addedSchema = Type.Object({
  type: Type.String(),
  version: Type.String(),
  stored: Type.Boolean(),
  attributes: Type.Integer({ description: 'How many' }),
  examples: Type.Integer({ description: 'How many' }),
  notes: Type.Array(
    Type.Object({ pointer: Type.String(), document: Type.Optional(Type.String()), note: Type.String() }),
    { description: 'What could not be used as it is' },
  ),
  failing: Type.Array(Type.String(), { description: 'How examples are not what the model says, a line each' }),
});

/** `/admin/models`: data models that a tenant adds to those that come with the broker. */
export function adminModelsRoutes(app: FastifyInstance, availability: Availability): void {
  app.post(
    '/admin/models',
    {
      schema: documented({
        summary: 'Add a data model',
        description:
          'Adds it beside other versions, or in the place of its own version. Official Smart Data Models are taken as they are: older drafts, shared definitions, kinds and units in descriptions.',
        tag: adminTag,
        operationId: 'addModel',
        query: { dryRun: Type.Boolean({ description: 'Only tell what would become of it', default: false }) },
        headers: tenantHeader,
        body: { types: jsonTypes, schema: submissionSchema },
        answers: {
          200: { description: 'With `dryRun`: what would become of it', schema: addedSchema },
          201: { description: 'Added', schema: addedSchema },
        },
        errors: [400, 411, 413, 415, 503],
      }),
    },
    async (request, reply) => {
      const { tenant } = requestScope(request, 'query');
      const dryRun = parseUriParameters(rawQueryOf(request)).get('dryRun') === 'true';
      const submission = parseSubmission(parseJson(jsonBody(request)));
      const added = await addModel(availability.broker, tenant, submission, { dryRun });
      return sendJson(reply.code(dryRun ? 200 : 201), JSON.stringify(shownModel(added, !dryRun)));
    },
  );

  app.delete<{ Params: { type: string; version: string } }>(
    '/admin/models/:type/:version',
    {
      schema: documented({
        summary: 'Remove a data model',
        description: 'Removes a version that the tenant added. Those that come with the broker stay.',
        tag: adminTag,
        operationId: 'removeModel',
        path: { type: Type.String({ description: 'Entity type' }), version: Type.String({ description: 'Version' }) },
        headers: tenantHeader,
        answers: { 204: { description: 'Removed' } },
        errors: [400, 404, 503],
      }),
    },
    async (request, reply) => {
      const { tenant } = requestScope(request, 'query');
      await removeModel(availability.broker, tenant, request.params.type, request.params.version);
      return reply.code(204).send();
    },
  );
}

function parseSubmission(body: JsonValue): ModelSubmission {
  if (!isJsonObject(body) || !isJsonObject(body.schema)) {
    throw invalidRequest('the body must have a member schema: the JSON Schema of the model');
  }
  const { url = 'oriel://submitted/schema.json', shared = [], examples = [] } = body;
  if (typeof url !== 'string' || !URL.canParse(url)) throw invalidRequest('url must be an absolute URL');
  if (!Array.isArray(shared)) throw invalidRequest('shared must be a list of documents');
  if (!Array.isArray(examples)) throw invalidRequest('examples must be a list of entities in key-value form');
  return {
    url,
    schema: body.schema,
    shared: (shared as readonly JsonValue[]).map((document) => {
      if (!isJsonObject(document) || typeof document.url !== 'string' || !isJsonObject(document.schema)) {
        throw invalidRequest('each document of shared must have a url and a schema');
      }
      return { url: document.url, schema: document.schema };
    }),
    examples,
  };
}

function shownModel({ model, notes, failing }: AddedModel, stored: boolean) {
  return {
    type: model.type,
    version: model.version,
    stored,
    attributes: model.attributes.size,
    examples: model.examples.length,
    notes,
    failing: failing.flatMap(({ entity, violations }) =>
      violations.map((violation) => `${entity.id} ${renderViolation(violation)}`),
    ),
  };
}
