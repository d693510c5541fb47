import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { retrieveAttribute, retrieveAttributes } from '../../broker/types/attribute-facts.ts';
import { retrieveType, retrieveTypes } from '../../broker/types/retrieve-types.ts';
import { flagIn, parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import {
  describeAttribute,
  describeAttributeList,
  describeAttributes,
  describeType,
  describeTypeList,
  describeTypes,
} from '../../dialects/ngsi-ld/render/render-discovery.ts';
import { rawQueryOf } from '../request-query.ts';
import { utf8TextOf } from '../utf8-text.ts';
import { sendAnswer } from './answer.ts';
import { documentedLd, readProblems } from './documentation.ts';
import { type LdRequest, ldRequest } from './ld-request.ts';
import { answerType } from './negotiation.ts';
import { renderContext } from './request-context.ts';
import type { LdService } from './service.ts';

const anything = Type.Unknown({ description: 'As the specification has it' });

/** `/ngsi-ld/v1/types` and `/ngsi-ld/v1/attributes` [LD 6.25] [LD 6.26] [LD 6.27] [LD 6.28] */
export function discoveryRoutes(app: FastifyInstance, service: LdService): void {
  app.get(
    '/types',
    {
      schema: documentedLd({
        summary: 'List the types of entities',
        description: 'Their names; with `details=true` each with the names of its attributes.',
        tag: 'Discovery',
        operationId: 'retrieveEntityTypes',
        query: ['details', 'local'],
        answers: { 200: { description: 'The types', schema: anything } },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const ld = await ldRequest(request, service);
      const details = flagIn(parseParameters(rawQueryOf(request), ['details', 'local']), 'details');
      const types = await retrieveTypes(ld.broker, ld.scope);
      const { vocabulary } = ld.context;
      const listId = `urn:ngsi-ld:EntityTypeList:${ld.broker.random.newId()}`;
      return describe(
        request,
        reply,
        ld,
        details ? describeTypes(types, vocabulary) : describeTypeList(types, listId, vocabulary),
      );
    },
  );

  app.get<{ Params: { readonly type: string } }>(
    '/types/:type',
    {
      schema: documentedLd({
        summary: 'Retrieve a type of entities',
        description: 'How many entities have it, and what their attributes are.',
        tag: 'Discovery',
        operationId: 'retrieveEntityTypeInfo',
        path: { type: Type.String({ description: 'A term of the context, or an IRI', examples: ['Room'] }) },
        query: ['local'],
        answers: { 200: { description: 'The type', schema: anything } },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const ld = await ldRequest(request, service);
      parseParameters(rawQueryOf(request), ['local']);
      const { vocabulary } = ld.context;
      const type = await retrieveType(ld.broker, ld.scope, vocabulary.expand(request.params.type));
      return describe(request, reply, ld, describeType(type, vocabulary));
    },
  );

  app.get(
    '/attributes',
    {
      schema: documentedLd({
        summary: 'List the attributes of entities',
        description: 'Their names; with `details=true` each with the types of entities that have it.',
        tag: 'Discovery',
        operationId: 'retrieveAttributes',
        query: ['details', 'local'],
        answers: { 200: { description: 'The attributes', schema: anything } },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const ld = await ldRequest(request, service);
      const details = flagIn(parseParameters(rawQueryOf(request), ['details', 'local']), 'details');
      const { vocabulary } = ld.context;
      const attributes = await retrieveAttributes(ld.broker, ld.scope);
      const listId = `urn:ngsi-ld:AttributeList:${ld.broker.random.newId()}`;
      const names = attributes.map(({ name }) => name);
      const all = attributes.map((attribute) => ({ ...attribute, count: 0 }));
      return describe(
        request,
        reply,
        ld,
        details ? describeAttributes(all, vocabulary) : describeAttributeList(names, listId, vocabulary),
      );
    },
  );

  app.get<{ Params: { readonly attrId: string } }>(
    '/attributes/:attrId',
    {
      schema: documentedLd({
        summary: 'Retrieve an attribute',
        description: 'How many entities have it, of which types, and what it is in them.',
        tag: 'Discovery',
        operationId: 'retrieveAttributeInfo',
        path: { attrId: Type.String({ description: 'A term of the context, or an IRI', examples: ['temperature'] }) },
        query: ['local'],
        answers: { 200: { description: 'The attribute', schema: anything } },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const ld = await ldRequest(request, service);
      parseParameters(rawQueryOf(request), ['local']);
      const { vocabulary } = ld.context;
      const attribute = await retrieveAttribute(ld.broker, ld.scope, vocabulary.expand(request.params.attrId));
      return describe(request, reply, ld, describeAttribute(attribute, vocabulary));
    },
  );
}

function describe(request: FastifyRequest, reply: FastifyReply, { context }: LdRequest, what: object): void {
  const type = answerType(request, { geo: false });
  const own = type === 'application/ld+json' ? { '@context': JSON.parse(renderContext(context)) as unknown } : {};
  const value = Array.isArray(what) ? what.map((item) => ({ ...(item as object), ...own })) : { ...what, ...own };
  sendAnswer(request, reply, type, context, utf8TextOf(JSON.stringify(value)));
}
