import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { type ReportLine, reportViolations } from '../../broker/models/report-violations.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { scopeHeaders } from '../ngsiv2/documentation.ts';
import type { NgsiService } from '../ngsiv2/service.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { modelsTag, violationSchema } from './documentation.ts';

const entityLineSchema = Type.Object({
  id: Type.String(),
  type: Type.String(),
  servicePath: Type.String(),
  violations: Type.Array(violationSchema),
});

const summaryLineSchema = Type.Object({
  summary: Type.Object({
    checked: Type.Integer({ description: 'Entities that there is a model of' }),
    violating: Type.Integer(),
    withoutModel: Type.Integer(),
    byRule: Type.Array(
      Type.Object({
        model: Type.String(),
        path: Type.String({ description: 'Places in lists are `*`' }),
        rule: Type.String(),
        entities: Type.Integer(),
        examples: Type.Array(Type.String(), { description: 'Ids of the first of them' }),
      }),
    ),
  }),
});

/** `GET /models/report`: what is stored and is not as its model has it. An extension beyond NGSIv2. */
export function reportRoutes(app: FastifyInstance, { availability, text }: NgsiService): void {
  app.get(
    '/models/report',
    {
      schema: documented({
        summary: 'Report entities that do not conform',
        description:
          'Looks at the stored entities of the service path, whatever the mode of the policy; attributes and types that there is no model of are reported where the policy asks for them. A line of JSON for each that is not as its model has it, in the order of creation, as it is found; the last line sums up by rule.',
        tag: modelsTag,
        operationId: 'reportModels',
        query: {
          type: Type.String({ description: 'Comma-separated list of types; without it, all' }),
          rule: Type.String({
            description: 'Comma-separated list of rules; without it, all',
            examples: ['minimum,unit'],
          }),
          details: Type.Union([Type.Literal('on'), Type.Literal('off')], {
            description: '`off`: the last line alone',
            default: 'on',
          }),
        },
        headers: scopeHeaders,
        answers: {
          200: {
            description: 'Lines',
            types: ['application/x-ndjson'],
            schema: Type.Union([entityLineSchema, summaryLineSchema]),
          },
        },
        errors: [400, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), text);
      const lines = reportViolations(availability.broker, scope, {
        types: listOf(parameters.get('type')),
        rules: listOf(parameters.get('rule')),
      });
      const details = parameters.get('details') !== 'off';
      return reply.type('application/x-ndjson').send(Readable.from(textOf(lines, details)));
    },
  );
}

async function* textOf(lines: AsyncIterable<ReportLine>, details: boolean): AsyncGenerator<string> {
  for await (const line of lines) {
    if (line.kind === 'summary') yield `${JSON.stringify({ summary: line.summary })}\n`;
    else if (details) {
      const { entity, scope, violations } = line;
      yield `${JSON.stringify({ ...entity, servicePath: scope, violations })}\n`;
    }
  }
}

function listOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',').filter((item) => item !== '');
}
