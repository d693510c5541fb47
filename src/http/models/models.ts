import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { defaultScope } from '../../broker/entities/create-entity.ts';
import type { TenantModels } from '../../broker/models/tenant-models.ts';
import { Refusal } from '../../core/errors.ts';
import type { AttributeModel, DataModel } from '../../core/model/data-model.ts';
import { renderOpenapi } from '../../core/model/render-openapi.ts';
import { renderTypescript } from '../../core/model/render-typescript.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import { scopeHeaders } from '../ngsiv2/documentation.ts';
import type { NgsiService } from '../ngsiv2/service.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { modelPath, modelsTag, severitySchema, versionParameter } from './documentation.ts';

interface ModelPath {
  readonly type: string;
}

const policySchema = Type.Object({
  rule: Type.Optional(Type.String({ description: 'Id of the rule that holds; absent: nothing is asked' })),
  mode: severitySchema,
  unknownAttributes: severitySchema,
});

const summarySchema = Type.Object({
  type: Type.String(),
  subject: Type.String(),
  version: Type.String({ description: 'The one that the policy takes' }),
  versions: Type.Array(Type.String()),
  title: Type.String(),
  description: Type.String(),
  policy: policySchema,
  counts: Type.Object({
    warned: Type.Integer({ description: 'Writes since the broker started that were stored with a warning' }),
    refused: Type.Integer({ description: 'Writes since the broker started that were refused' }),
  }),
});

/** `/models`: the data models of a tenant, and what apps are made with from them. An extension beyond NGSIv2. */
export function modelsRoutes(app: FastifyInstance, { availability }: NgsiService): void {
  app.get(
    '/models',
    {
      schema: documented({
        summary: 'List data models',
        description:
          'Models that come with the broker and those that the tenant added, by type, each with the policy in the service path.',
        tag: modelsTag,
        operationId: 'listModels',
        headers: scopeHeaders,
        answers: { 200: { description: 'The models', schema: Type.Array(summarySchema) } },
        errors: [400, 503],
      }),
    },
    (request, reply) => {
      const { broker } = availability;
      const { tenant, scope = defaultScope } = requestScope(request, 'query');
      const models = broker.models.of(tenant);
      const counts = broker.models.countsOf(tenant);
      const summaries = models.shelf.types().flatMap((type) => {
        const { model } = models.ruleFor(type, scope);
        return model === undefined ? [] : [{ ...summaryOf(models, model, scope), counts: counts.of(type) }];
      });
      return sendJson(reply, JSON.stringify(summaries));
    },
  );

  app.get<{ Params: ModelPath }>(
    '/models/:type',
    {
      schema: documented({
        summary: 'Retrieve a data model',
        description:
          'Its JSON Schema, which is about the key-value form of entities; its attributes with kind, unit and mark of personal data; examples, versions, and the policy in the service path.',
        tag: modelsTag,
        operationId: 'retrieveModel',
        path: modelPath,
        query: versionParameter,
        headers: scopeHeaders,
        answers: {
          200: {
            description: 'The model',
            schema: Type.Object({
              ...summarySchema.properties,
              license: Type.Optional(Type.String()),
              derivedFrom: Type.Optional(Type.String()),
              attributes: Type.Object({}, { additionalProperties: true, description: 'By name' }),
              schema: Type.Object({}, { additionalProperties: true, description: 'JSON Schema 2020-12' }),
              examples: Type.Array(Type.Object({}, { additionalProperties: true })),
            }),
          },
        },
        errors: [400, 404, 503],
      }),
    },
    (request, reply) => {
      const { models, model, scope, tenant } = modelOf(request);
      const { license, derivedFrom, attributes, schema, examples } = model;
      const shown = {
        ...summaryOf(models, model, scope),
        counts: availability.broker.models.countsOf(tenant).of(model.type),
        license,
        derivedFrom,
        attributes: Object.fromEntries([...attributes].map(([name, attribute]) => [name, shownAttribute(attribute)])),
        schema,
        examples,
      };
      return sendJson(reply, JSON.stringify(shown));
    },
  );

  app.get<{ Params: ModelPath }>(
    '/models/:type/openapi',
    {
      schema: documented({
        summary: 'An OpenAPI document of a data model',
        description: 'For applications that use entities of the type: OpenAPI 3.1, from which clients are generated.',
        tag: modelsTag,
        operationId: 'retrieveModelOpenapi',
        path: modelPath,
        query: versionParameter,
        headers: scopeHeaders,
        answers: { 200: { description: 'The document', schema: Type.Object({}, { additionalProperties: true }) } },
        errors: [400, 404, 503],
      }),
    },
    (request, reply) => sendJson(reply, JSON.stringify(renderOpenapi(modelOf(request).model))),
  );

  app.get<{ Params: ModelPath }>(
    '/models/:type/typescript',
    {
      schema: documented({
        summary: 'TypeScript types of a data model',
        description: 'The key-value form of entities of the type, as an interface.',
        tag: modelsTag,
        operationId: 'retrieveModelTypescript',
        path: modelPath,
        query: versionParameter,
        headers: scopeHeaders,
        answers: { 200: { description: 'A module', types: ['text/plain'], schema: Type.String() } },
        errors: [400, 404, 503],
      }),
    },
    (request, reply) => reply.type('text/plain; charset=utf-8').send(renderTypescript(modelOf(request).model)),
  );

  function modelOf(request: FastifyRequest<{ Params: ModelPath }>) {
    const { type } = request.params;
    const { tenant, scope = defaultScope } = requestScope(request, 'query');
    const version = parseUriParameters(rawQueryOf(request)).get('version');
    const models = availability.broker.models.of(tenant);
    const model = version === undefined ? models.ruleFor(type, scope).model : models.shelf.get(type, version);
    if (model === undefined) throw new Refusal({ kind: 'modelNotFound' });
    return { models, model, scope, tenant };
  }
}

function summaryOf(models: TenantModels, { type, subject, version, title, description }: DataModel, scope: string) {
  const { rule } = models.ruleFor(type, scope);
  return {
    type,
    subject,
    version,
    versions: models.shelf.versionsOf(type).map((one) => one.version),
    title,
    description,
    policy: { rule: rule?.id, mode: rule?.mode ?? 'off', unknownAttributes: rule?.unknownAttributes ?? 'off' },
  };
}

function shownAttribute({ kind, unitCodes, units, personal, description }: AttributeModel) {
  return { kind, ...(unitCodes.length > 0 && { unitCodes }), units, personal, description };
}
