import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { renderDateTime } from '../../dialects/ngsi-ld/date-time.ts';
import { parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { rawQueryOf } from '../request-query.ts';
import { utf8TextOf } from '../utf8-text.ts';
import { sendAnswer } from './answer.ts';
import { documentedLd, readProblems } from './documentation.ts';
import { ldScope } from './ld-request.ts';
import { answerType } from './negotiation.ts';
import { linkedContext, renderContext } from './request-context.ts';
import type { LdService } from './service.ts';

/** `GET /ngsi-ld/v1/info/sourceIdentity` [LD 6.33] */
export function sourceIdentityRoutes(app: FastifyInstance, service: LdService): void {
  let identity: string | undefined;
  app.get(
    '/info/sourceIdentity',
    {
      schema: documentedLd({
        summary: 'Which context source is this?',
        description:
          'A name by which loops are recognised, for how long the process has run, and what time it is there.',
        tag: 'Discovery',
        operationId: 'retrieveContextSourceIdentity',
        answers: {
          200: { description: 'The identity', schema: Type.Unknown({ description: 'As the specification has it' }) },
        },
        problems: readProblems,
      }),
    },
    async (request, reply) => {
      const type = answerType(request, { geo: false });
      parseParameters(rawQueryOf(request), []);
      const { broker } = service.availability;
      const scope = ldScope(request, broker, true);
      const context = await linkedContext(request, scope.tenant, broker.contexts);
      identity ??= broker.random.newId();
      const value = {
        id: `urn:ngsi-ld:ContextSourceIdentity:${identity}`,
        type: 'ContextSourceIdentity',
        contextSourceAlias: scope.tenant === '' ? `oriel-${identity}` : `oriel-${identity}~${scope.tenant}`,
        contextSourceUptime: `PT${Math.floor(process.uptime())}S`,
        contextSourceTimeAt: renderDateTime(broker.clock.now()),
        ...(type === 'application/ld+json' && { '@context': JSON.parse(renderContext(context)) as unknown }),
      };
      return sendAnswer(request, reply, type, context, utf8TextOf(JSON.stringify(value)));
    },
  );
}
