import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { defaultScope } from '../../broker/entities/create-entity.ts';
import { validateEntity } from '../../broker/models/validate-entity.ts';
import { createEntity } from '../../core/change/apply.ts';
import { Refusal } from '../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { renderViolation } from '../../core/model/violation.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseEntity } from '../../dialects/ngsiv2/parse-entity.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { wordRefusal } from '../../dialects/ngsiv2/word-refusal.ts';
import { sendJson } from '../json-reply.ts';
import { entitySchema, jsonTypes, optionsParameter, scopeHeaders } from '../ngsiv2/documentation.ts';
import { payloadForm } from '../ngsiv2/entity-parameters.ts';
import type { NgsiService } from '../ngsiv2/service.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { modelsTag, severitySchema, versionParameter, violationSchema } from './documentation.ts';

const resultSchema = Type.Object({
  id: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  model: Type.Optional(Type.String({ description: 'Absent: there is no model of the type' })),
  valid: Type.Boolean(),
  outcome: Type.Optional(severitySchema),
  error: Type.Optional(Type.String({ description: 'Why the broker would take no such entity, whatever its model' })),
  violations: Type.Array(violationSchema),
  lines: Type.Array(Type.String(), { description: 'The violations for people' }),
  unknownAttributes: Type.Array(Type.String()),
});

/** `POST /models/validate`: a dry run. An extension beyond NGSIv2. */
export function validationRoutes(app: FastifyInstance, { availability, text }: NgsiService): void {
  app.post(
    '/models/validate',
    {
      schema: documented({
        summary: 'Validate entities',
        description:
          'What would become of an entity, or a list of them, if it were created now: nothing is stored. `outcome` tells what the policy would do: `off` stores it, `warn` stores it with a warning, `enforce` refuses it.',
        tag: modelsTag,
        operationId: 'validateEntities',
        query: { ...optionsParameter('keyValues', 'keyValues'), ...versionParameter },
        headers: scopeHeaders,
        body: { types: jsonTypes, schema: Type.Union([entitySchema, Type.Array(entitySchema)]) },
        answers: {
          200: {
            description: 'One result an entity, in their order',
            schema: Type.Object({ valid: Type.Boolean(), results: Type.Array(resultSchema) }),
          },
        },
        errors: [400, 404, 411, 413, 415, 503],
      }),
    },
    (request, reply) => {
      const scope = requestScope(request, 'create');
      const parameters = parseUriParameters(rawQueryOf(request), text);
      const form = payloadForm(parseOptions(parameters));
      const version = parameters.get('version');
      const body = parseJson(jsonBody(request));
      const payloads = Array.isArray(body) ? (body as readonly JsonValue[]) : [body];
      const { broker } = availability;
      const results = payloads.map((payload) => {
        const named = isJsonObject(payload) ? { id: payload.id, type: payload.type } : {};
        try {
          const draft = parseEntity(payload, form, text);
          const { entity } = createEntity(draft, scope.scope ?? defaultScope, broker.clock.now(), scope.correlator);
          const validation = validateEntity(broker, scope.tenant, entity, version);
          const { violations } = validation;
          const valid = violations.length === 0;
          return { ...named, ...validation, valid, lines: violations.map(renderViolation) };
        } catch (error) {
          if (!(error instanceof Refusal) || error.reason.kind === 'modelNotFound') throw error;
          const { description } = wordRefusal(error.reason);
          return { ...named, valid: false, error: description, violations: [], lines: [], unknownAttributes: [] };
        }
      });
      return sendJson(reply, JSON.stringify({ valid: results.every(({ valid }) => valid), results }));
    },
  );
}
