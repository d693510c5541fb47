import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { actionNamed } from '../../catalogue/ckan/actions.ts';
import { CkanError } from '../../catalogue/ckan/ckan-error.ts';
import { Parameters } from '../../catalogue/ckan/parameters.ts';
import type { Dataset } from '../../catalogue/dataset/dataset.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Logger } from '../../observe/log.ts';
import { rawQueryOf } from '../request-query.ts';
import { documented } from '../route-documentation.ts';
import { openDataTag } from './documentation.ts';
import { answerProblems } from './errors.ts';
import { languagesFor } from './languages.ts';
import { linksOf, type OpenDataService, openDataOf } from './service.ts';

interface ActionPath {
  readonly action: string;
}

/** `/api/3/action/*` and `/api/action/*`: the action API of CKAN, as far as it reads. */
export function ckanRoutes(app: FastifyInstance, service: OpenDataService, log: Logger): void {
  answerProblems(app, log, (reply, { status, description }, request) => {
    const type = status === 404 ? 'Not Found Error' : status === 400 ? 'Validation Error' : 'Search Error';
    return sendFailure(request, reply, status, type, description, service);
  });
  for (const prefix of ['/api/3', '/api']) {
    const version = prefix === '/api/3' ? '' : 'Unversioned';
    for (const method of ['GET', 'POST'] as const) {
      app.route<{ Params: ActionPath }>({
        method,
        url: `${prefix}/action/:action`,
        schema: documented({
          summary: `Call an action of CKAN (${method}${version === '' ? '' : ', unversioned'})`,
          description:
            'site_read, status_show, help_show, package_list, package_show, package_search, current_package_list_with_resources, package_autocomplete, organization_list, organization_show, group_list, group_show, tag_list, tag_show, license_list, resource_show, resource_search, datastore_search, datastore_info. Parameters in the URL, or in a body as JSON or a form. Actions that write are refused.',
          tag: openDataTag,
          operationId: `${method.toLowerCase()}Action${version}`,
          path: { action: Type.String({ description: 'Name of the action', examples: ['package_search'] }) },
          ...(method === 'POST' && {
            body: {
              types: ['application/json', 'application/x-www-form-urlencoded'],
              schema: Type.Object({}, { additionalProperties: true, description: 'Parameters of the action' }),
            },
          }),
          answers: {
            200: {
              description: 'The result in the envelope of CKAN',
              schema: Type.Object({ help: Type.String(), success: Type.Boolean(), result: Type.Unknown() }),
            },
          },
          errors: [400, 404, 409, 503],
        }),
        handler: (request, reply) => callAction(request, reply, service),
      });
    }
  }
  for (const url of ['/api/3', '/api']) {
    app.get(
      url,
      {
        schema: documented({
          summary: 'Find the version of the API of CKAN',
          description: 'Clients look here whether there is one.',
          tag: openDataTag,
          operationId: url === '/api' ? 'findCkan' : 'findCkanVersion',
          answers: { 200: { description: 'The version', schema: Type.Object({ version: Type.Integer() }) } },
          errors: [],
        }),
      },
      (_request, reply) => send(reply, { version: 3 }),
    );
  }
}

async function callAction(
  request: FastifyRequest<{ Params: ActionPath }>,
  reply: FastifyReply,
  service: OpenDataService,
): Promise<FastifyReply> {
  const { action: name } = request.params;
  try {
    const action = actionNamed(name);
    if (action === undefined) return send(reply.code(400), `Bad request - Action name not known: ${name}`);
    const openData = openDataOf(service);
    const site = {
      links: linksOf(request, service),
      formats: openData.formats,
      languages: languagesFor(request, openData),
    };
    const context = {
      openData,
      site,
      version: service.version,
      snapshotsOf: (dataset: Dataset) => openData.snapshots.of(dataset),
      count: (dataset: Dataset, bytes: number) =>
        openData.downloads.count(dataset, 'datastore', false, bytes, 200, request.id),
    };
    const result = await action(context, parametersOf(request));
    reply.header('cache-control', 'public, no-cache');
    return send(reply, { help: helpOf(request, service), success: true, result });
  } catch (error) {
    if (!(error instanceof CkanError)) throw error;
    return sendFailure(request, reply, error.status, error.type, error.message, service, error.fields);
  }
}

function parametersOf(request: FastifyRequest): Parameters {
  const values: Record<string, JsonValue> = Object.fromEntries(new URLSearchParams(rawQueryOf(request)));
  const text = typeof request.body === 'string' ? request.body : '';
  if (text === '') return new Parameters(values);
  if (
    /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '') &&
    !text.trimStart().startsWith('{')
  ) {
    return new Parameters({ ...values, ...Object.fromEntries(new URLSearchParams(text)) });
  }
  const body = parseJson(text);
  if (!isJsonObject(body)) throw new CkanError('Validation Error', 'the body must be a JSON object of parameters');
  return new Parameters({ ...values, ...body });
}

function sendFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  type: string,
  message: string,
  service: OpenDataService,
  fields: JsonObject | Readonly<Record<string, readonly string[]>> = {},
): FastifyReply {
  const error = { __type: type, message, ...fields };
  return send(reply.code(status).header('cache-control', 'no-store'), {
    help: helpOf(request, service),
    success: false,
    error,
  });
}

/** Never fails: it stands in answers about failures too. */
function helpOf(request: FastifyRequest, { publicUrl }: OpenDataService): string {
  const [path = ''] = request.url.split('?', 1);
  const base = publicUrl === 'none' ? '' : publicUrl;
  return `${base}/api/3/action/help_show?name=${encodeURIComponent(path.split('/').at(-1) ?? '')}`;
}

function send(reply: FastifyReply, value: JsonValue | object): FastifyReply {
  return reply.header('content-type', 'application/json;charset=utf-8').send(Buffer.from(JSON.stringify(value)));
}
