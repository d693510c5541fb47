import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  addContext,
  type ContextDetails,
  type ContextKind,
  listContexts,
  reloadContext,
  removeContext,
  retrieveContext,
  serveContext,
} from '../../broker/contexts/known-contexts.ts';
import { invalidRequest, Refusal } from '../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { hostedContextPath } from '../../dialects/ngsi-ld/context/hosted-context-url.ts';
import { renderDateTime } from '../../dialects/ngsi-ld/date-time.ts';
import { flagIn, type Parameters, parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { preferredType } from '../accept-header.ts';
import { publicUrlOf } from '../public-url.ts';
import { rawQueryOf } from '../request-query.ts';
import { sendPlainJson } from './answer.ts';
import { documentedLd, readProblems, writeProblems } from './documentation.ts';
import { ldScope, parseBody, tenantHeader } from './ld-request.ts';
import type { LdService } from './service.ts';

const kinds: readonly string[] = ['Cached', 'Hosted', 'ImplicitlyCreated'] satisfies ContextKind[];

const contextSchema = Type.Object(
  { '@context': Type.Unknown() },
  { description: 'A context', examples: [{ '@context': { occupancy: 'https://example.org/parking#occupancy' } }] },
);
const contextPath = { contextId: Type.String({ description: 'Id that the broker gave to the context' }) };

type ContextPath = { readonly contextId: string };

/** `/ngsi-ld/v1/jsonldContexts` and below. [LD 6.29] [LD 6.30] */
export function contextsRoutes(app: FastifyInstance, service: LdService): void {
  const { availability } = service;

  app.post(
    '/jsonldContexts',
    {
      schema: documentedLd({
        summary: 'Host a context',
        description:
          'Keeps the context and serves it under a URL of its own, for Link headers and bodies. What its URLs lead to is looked at when it is used.',
        tag: 'Contexts',
        operationId: 'addContext',
        body: contextSchema,
        answers: { 201: { description: 'Hosted, durably', headers: { Location: 'Path of the context' } } },
        problems: [...writeProblems, 403],
      }),
    },
    async (request, reply) => {
      parseParameters(rawQueryOf(request), []);
      const { broker } = availability;
      const { tenant } = ldScope(request, broker, true);
      const id = await addContext(broker, tenant, contextIn(parseBody(request)));
      return reply.code(201).header('location', hostedContextPath(id)).send();
    },
  );

  app.get(
    '/jsonldContexts',
    {
      schema: documentedLd({
        summary: 'List contexts',
        description:
          'The URLs of the contexts that the tenant hosts and of the copies that the broker has of others; with `details=true` more of each. Uses are counted by each broker since its start.',
        tag: 'Contexts',
        operationId: 'listContexts',
        query: ['details', 'kind'],
        answers: {
          200: {
            description: 'The contexts',
            schema: Type.Unknown({ description: 'As the specification has it' }),
            types: ['application/json'],
          },
        },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const parameters = parseParameters(rawQueryOf(request), ['details', 'kind']);
      acceptAs(request, ['application/json']);
      const details = flagIn(parameters, 'details');
      const kind = kindIn(parameters);
      const { broker } = availability;
      const { tenant } = ldScope(request, broker, false);
      const base = publicUrlOf(request, service.publicUrl);
      const contexts = await listContexts(broker, tenant, kind);
      return sendPlainJson(
        reply,
        200,
        contexts.map((context) => (details ? describe(context, base) : urlOf(context, base))),
      );
    },
  );

  app.get<{ Params: ContextPath }>(
    '/jsonldContexts/:contextId',
    {
      schema: documentedLd({
        summary: 'Serve a context',
        description:
          'The context itself, for those that are hosted; with `details=true` what is known about it. Without a tenant it is found whosever it is, so that links to it can be followed.',
        tag: 'Contexts',
        operationId: 'serveContext',
        path: contextPath,
        query: ['details'],
        answers: { 200: { description: 'The context', schema: contextSchema } },
        problems: [...readProblems, 422],
      }),
    },
    async (request, reply) => {
      const details = flagIn(parseParameters(rawQueryOf(request), ['details']), 'details');
      const { broker } = availability;
      const { contextId } = request.params;
      const tenant = request.headers[tenantHeader] === undefined ? undefined : ldScope(request, broker, false).tenant;
      if (details) {
        acceptAs(request, ['application/json']);
        const context = await retrieveContext(broker, tenant, contextId);
        const description = describe(context, publicUrlOf(request, service.publicUrl));
        return sendPlainJson(reply, 200, description);
      }
      const type = acceptAs(request, ['application/ld+json', 'application/json']);
      const context = await serveContext(broker, tenant, contextId);
      return sendPlainJson(reply, 200, { '@context': context }, type);
    },
  );

  app.delete<{ Params: ContextPath }>(
    '/jsonldContexts/:contextId',
    {
      schema: documentedLd({
        summary: 'Remove a context, or fetch it anew',
        description:
          'Removes a context that the tenant hosts, or a copy; with `reload=true` a copy is fetched anew, and stays as it is where that fails.',
        tag: 'Contexts',
        operationId: 'deleteContext',
        path: contextPath,
        query: ['reload'],
        answers: { 204: { description: 'Removed, or fetched anew' } },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const reload = flagIn(parseParameters(rawQueryOf(request), ['reload']), 'reload');
      const { broker } = availability;
      const { tenant } = ldScope(request, broker, false);
      await (reload ? reloadContext : removeContext)(broker, tenant, request.params.contextId);
      return reply.code(204).send();
    },
  );
}

function contextIn(document: JsonValue): JsonValue {
  const context = isJsonObject(document) ? document['@context'] : undefined;
  if (context === undefined || context === null) throw invalidRequest('the body must be an object with an @context');
  return context;
}

function kindIn(parameters: Parameters): ContextKind | undefined {
  const kind = parameters.get('kind');
  if (kind === undefined || kinds.includes(kind)) return kind as ContextKind | undefined;
  throw invalidRequest(`kind must be one of ${kinds.join(', ')}`);
}

function acceptAs(request: FastifyRequest, types: readonly string[]): string {
  const type = preferredType(request.headers.accept, types);
  if (type === undefined) throw new Refusal({ kind: 'notAcceptable', accepted: types });
  return type;
}

function urlOf({ id, url }: ContextDetails, base: string): string {
  return url ?? base + hostedContextPath(id);
}

/** [LD 5.13.3.5] */
function describe(context: ContextDetails, base: string): object {
  const { id, kind, createdAt, staleAt, usage } = context;
  return {
    URL: urlOf(context, base),
    localId: id,
    kind,
    createdAt: renderDateTime(createdAt),
    ...(staleAt !== undefined && { expiresAt: renderDateTime(staleAt) }),
    ...(usage !== undefined && { lastUsage: renderDateTime(usage.lastHitAt) }),
    numberOfHits: usage?.hits ?? 0,
  };
}
