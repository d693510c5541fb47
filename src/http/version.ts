import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { parseOptions } from '../dialects/ngsiv2/options-parameter.ts';
import { parseUriParameters } from '../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from './json-reply.ts';
import { rawQueryOf } from './request-query.ts';
import { requestScope } from './request-scope.ts';
import { documented } from './route-documentation.ts';

/** The release of the reference implementation whose NGSIv2 this broker speaks; clients refuse what is too old. */
const ngsiv2Level = '4.7.0';

const documentation = 'https://fiware-orion.readthedocs.io/en/4.7.0/';

/** `GET /version`: which broker this is, in the form that clients in the field look for; and which of its processes. */
export function versionRoutes(app: FastifyInstance, version: string, worker?: number): void {
  app.get(
    '/version',
    {
      schema: documented({
        summary: 'Which broker is this?',
        description:
          'Names the NGSIv2 level in the form of the reference implementation, for clients that check it before they start, and Oriel beside it.',
        tag: 'Version',
        operationId: 'version',
        query: { options: Type.String({ description: '`libVersions` adds the versions of the libraries' }) },
        answers: {
          200: {
            description: 'Versions and time since the start',
            schema: Type.Object({
              orion: Type.Object(
                { version: Type.String(), uptime: Type.String(), doc: Type.String() },
                { additionalProperties: true },
              ),
              oriel: Type.Object({
                version: Type.String(),
                worker: Type.Optional(Type.Integer({ description: 'Which of several worker processes answers' })),
              }),
            }),
          },
        },
        errors: [400],
      }),
    },
    (request, reply) => {
      requestScope(request, 'query');
      const options = parseOptions(parseUriParameters(rawQueryOf(request)));
      const { node, v8, uv, llhttp } = process.versions;
      const orion = {
        version: ngsiv2Level,
        uptime: renderUptime(process.uptime()),
        doc: documentation,
        ...(options.has('libVersions') && { libversions: { node, v8, uv, llhttp } }),
      };
      sendJson(reply, JSON.stringify({ orion, oriel: { version, ...(worker !== undefined && { worker }) } }));
    },
  );
}

/** `1 d, 2 h, 3 m, 4 s` */
function renderUptime(seconds: number): string {
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  return `${days} d, ${hours} h, ${minutes} m, ${whole % 60} s`;
}
