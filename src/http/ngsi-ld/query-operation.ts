import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { pageParameters } from '../../dialects/ngsi-ld/query/entities-request.ts';
import { viewParameters } from '../../dialects/ngsi-ld/query/entity-view.ts';
import { parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { parseQueryDocument } from '../../dialects/ngsi-ld/query/query-document.ts';
import { rawQueryOf } from '../request-query.ts';
import { alteredAnswer, documentedLd, entitySchema, preferHeader, writeProblems } from './documentation.ts';
import { answerQuery, geometryPropertyOf } from './entity-query.ts';
import { ldBodyRequest } from './ld-request.ts';
import { linkable } from './linked-answer.ts';
import { answerType } from './negotiation.ts';
import type { LdService } from './service.ts';

const parametersHere = [...viewParameters, ...pageParameters, 'local'] as const;

/** `POST /ngsi-ld/v1/entityOperations/query` [LD 6.23] */
export function queryOperationRoutes(app: FastifyInstance, service: LdService): void {
  app.post(
    '/entityOperations/query',
    {
      schema: documentedLd({
        summary: 'Query entities by a document',
        description: 'As a query by URL, for what is too long or too intricate for one.',
        tag: 'Batch operations',
        operationId: 'queryBatch',
        query: parametersHere,
        body: Type.Object(
          { type: Type.Literal('Query') },
          {
            additionalProperties: true,
            examples: [
              { type: 'Query', entities: [{ type: 'Room' }], q: 'temperature>20', pick: ['id', 'temperature'] },
            ],
          },
        ),
        headers: preferHeader,
        answers: {
          203: alteredAnswer(Type.Array(entitySchema)),
          200: {
            description: 'The entities',
            schema: Type.Array(entitySchema),
            types: ['application/json', 'application/ld+json', 'application/geo+json'],
            headers: { 'NGSILD-Results-Count': 'Number of all matches, with `count=true`' },
          },
        },
        problems: [...writeProblems, 403, 406],
      }),
    },
    async (request, reply) => {
      const type = answerType(request, { geo: true });
      const asRequested = await ldBodyRequest(request, service, { creates: false });
      const ld = await linkable(request, type, asRequested, service);
      const { vocabulary } = ld.context;
      const parameters = parseParameters(rawQueryOf(request), parametersHere);
      const asked = parseQueryDocument(ld.body, parameters, vocabulary, service.limits);
      const geometryProperty = geometryPropertyOf(parameters, type, vocabulary);
      return answerQuery(request, reply, ld, asked, { type, geometryProperty, pages: true });
    },
  );
}
