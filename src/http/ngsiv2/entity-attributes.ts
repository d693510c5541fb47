import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mutateEntity } from '../../broker/entities/mutate-entity.ts';
import { writeEntity } from '../../broker/federation/write-entity.ts';
import { whenKnown } from '../../core/awaitable.ts';
import type { BatchAction } from '../../core/change/batch-action.ts';
import type { AppendMutation, ReplaceMutation, UpdateMutation } from '../../core/change/mutation.ts';
import { parseJson } from '../../core/parse-json.ts';
import { type NgsiOption, parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseAttributes } from '../../dialects/ngsiv2/parse-entity.ts';
import { parseEntityParameters } from '../../dialects/ngsiv2/parse-query.ts';
import { renderAttributes } from '../../dialects/ngsiv2/render-entity.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendRendered } from '../json-reply.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented, type RouteDocumentation } from '../route-documentation.ts';
import { utf8TextOf } from '../utf8-text.ts';
import {
  attributesSchema,
  entityId,
  entityType,
  freshnessHeader,
  jsonTypes,
  optionsParameter,
  projectionParameters,
  scopeHeaders,
} from './documentation.ts';
import { draftOf, type EntityPath, entityRef, payloadForm, writeOptions } from './entity-parameters.ts';
import { foundEntity, withinReach } from './forwarding.ts';
import type { NgsiService } from './service.ts';

/** `/v2/entities/{entityId}/attrs` [V2 entity attributes] */
export function entityAttributesRoutes(app: FastifyInstance, service: NgsiService): void {
  const url = '/v2/entities/:entityId/attrs';

  app.get<{ Params: EntityPath }>(
    url,
    {
      schema: documented({
        summary: 'Retrieve the attributes of an entity',
        description: 'As the entity itself, without id and type.',
        tag: 'Attributes',
        operationId: 'retrieveEntityAttributes',
        path: entityId,
        query: {
          ...entityType,
          ...projectionParameters,
          ...optionsParameter('keyValues, values, unique, skipForwarding', 'keyValues'),
        },
        headers: { ...scopeHeaders, ...freshnessHeader },
        answers: { 200: { description: 'The attributes', schema: attributesSchema } },
        errors: [400, 404, 406, 409, 503],
      }),
    },
    (request, reply) => {
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const { type, projection } = parseEntityParameters(parameters);
      const ref = entityRef(request.params, type, service.text);
      const reach = withinReach(scope, parseOptions(parameters));
      return whenKnown(foundEntity(reply, service, reach, ref, projection), ({ entity }) =>
        sendRendered(reply, utf8TextOf(renderAttributes(entity, projection))),
      );
    },
  );

  app.post<{ Params: EntityPath }>(
    url,
    {
      schema: documented({
        ...writing,
        summary: 'Update or append attributes',
        description:
          'Updates the attributes that are there and adds those that are not. With `options=append`, only adds: those that are there stay, and are reported.',
        operationId: 'updateOrAppendEntityAttributes',
        query: { ...entityType, ...optionsParameter(`append, ${writeWords}`, 'append') },
      }),
    },
    (request, reply) =>
      mutate(request, reply, (attributes, options) => ({
        kind: 'append',
        strict: options.has('append'),
        ...attributes,
      })),
  );

  app.patch<{ Params: EntityPath }>(
    url,
    {
      schema: documented({
        ...writing,
        summary: 'Update existing attributes',
        description: 'Updates the attributes that are there; those that are not are reported, and the others written.',
        operationId: 'updateExistingEntityAttributes',
        query: { ...entityType, ...optionsParameter(writeWords, 'keyValues') },
      }),
    },
    (request, reply) => mutate(request, reply, (attributes) => ({ kind: 'update', ...attributes })),
  );

  app.put<{ Params: EntityPath }>(
    url,
    {
      schema: documented({
        ...writing,
        summary: 'Replace all attributes',
        description: 'Leaves the entity with exactly the attributes of the body.',
        operationId: 'replaceAllEntityAttributes',
        query: { ...entityType, ...optionsParameter(writeWords, 'keyValues') },
      }),
    },
    (request, reply) => mutate(request, reply, (attributes) => ({ kind: 'replace', ...attributes })),
  );

  async function mutate(
    request: FastifyRequest<{ Params: EntityPath }>,
    reply: FastifyReply,
    mutationOf: (attributes: WrittenAttributes, options: ReadonlySet<NgsiOption>) => AttributesMutation,
  ): Promise<FastifyReply> {
    const scope = requestScope(request, 'update');
    const parameters = parseUriParameters(rawQueryOf(request), service.text);
    const { type } = parseEntityParameters(parameters);
    const options = parseOptions(parameters);
    const attributes = parseAttributes(parseJson(jsonBody(request)), payloadForm(options), service.text);
    const mutation = mutationOf({ ...attributes, ...writeOptions(options) }, options);
    const ref = entityRef(request.params, type, service.text);
    const { broker } = service.availability;
    const draft = { ...draftOf(ref), ...attributes };
    await writeEntity(
      broker,
      withinReach(scope, options),
      actionOf(mutation),
      draft,
      mutation,
      ({ writes, expiresAt }) => {
        const { expiresAt: _, ...whole } = mutation;
        return mutateEntity(broker, scope, ref, { ...whole, writes, ...(expiresAt !== undefined && { expiresAt }) });
      },
    );
    return reply.code(204).send();
  }
}

/** What a batch calls the mutation. */
function actionOf(mutation: AttributesMutation): BatchAction {
  return mutation.kind === 'append' && mutation.strict ? 'appendStrict' : mutation.kind;
}

type AttributesMutation = AppendMutation | UpdateMutation | ReplaceMutation;
type WrittenAttributes = Omit<UpdateMutation, 'kind'>;

const writeWords = 'keyValues, overrideMetadata, forcedUpdate, flowControl, skipForwarding';

/** What the three ways to write attributes have in common. */
const writing: Omit<RouteDocumentation, 'summary' | 'description' | 'operationId'> = {
  tag: 'Attributes',
  path: entityId,
  headers: scopeHeaders,
  body: { types: jsonTypes, schema: attributesSchema },
  answers: { 204: { description: 'Written, durably' } },
  errors: [400, 404, 406, 409, 411, 413, 415, 422, 502, 503],
};
