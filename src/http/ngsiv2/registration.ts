import type { FastifyInstance } from 'fastify';
import { deleteRegistration } from '../../broker/registrations/delete-registration.ts';
import { retrieveRegistration } from '../../broker/registrations/retrieve-registration.ts';
import { updateRegistration } from '../../broker/registrations/update-registration.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseRegistrationPatch } from '../../dialects/ngsiv2/registrations/parse-registration.ts';
import type { RegistrationDocument } from '../../dialects/ngsiv2/registrations/registration-document.ts';
import { renderRegistration } from '../../dialects/ngsiv2/registrations/render-registration.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { jsonTypes, scopeHeaders } from './documentation.ts';
import { registrationId, registrationPatchSchema, shownRegistrationSchema } from './registration-documentation.ts';
import type { NgsiService } from './service.ts';

/** Parameters of the path `/v2/registrations/{registrationId}`, percent-decoded. */
interface RegistrationPath {
  readonly registrationId: string;
}

/**
 * `/v2/registrations/{registrationId}`, whichever path it is for.
 * [V2 retrieve registration] [V2 update registration] [V2 delete registration]
 */
export function registrationRoutes(app: FastifyInstance, service: NgsiService): void {
  const url = '/v2/registrations/:registrationId';
  const route = { tag: 'Registrations', path: registrationId, headers: scopeHeaders };

  app.get<{ Params: RegistrationPath }>(
    url,
    {
      schema: documented({
        ...route,
        summary: 'Retrieve a registration',
        description: 'The registration, with what became of the requests that were forwarded because of it.',
        operationId: 'retrieveRegistration',
        answers: { 200: { description: 'The registration', schema: shownRegistrationSchema } },
        errors: [400, 404, 406, 503],
      }),
    },
    (request, reply) => {
      const scope = requestScope(request, 'query');
      parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const { broker } = service.availability;
      const { stored, forwarding } = retrieveRegistration(broker, scope, request.params.registrationId);
      sendJson(reply, renderRegistration(stored, forwarding, broker.clock.now()));
    },
  );

  app.patch<{ Params: RegistrationPath }>(
    url,
    {
      schema: documented({
        ...route,
        summary: 'Change a registration',
        description: 'Replaces the members given, `dataProvided` and `provider` as a whole. Counters stay.',
        operationId: 'updateRegistration',
        body: { types: jsonTypes, schema: registrationPatchSchema },
        answers: { 204: { description: 'Changed, durably' } },
        errors: [400, 404, 406, 411, 413, 415, 501, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'query');
      parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const body = parseJson(jsonBody(request));
      const { registrationId: id } = request.params;
      await updateRegistration(service.availability.broker, scope, id, ({ document }) =>
        parseRegistrationPatch(document as RegistrationDocument, body, service),
      );
      return reply.code(204).send();
    },
  );

  app.delete<{ Params: RegistrationPath }>(
    url,
    {
      schema: documented({
        ...route,
        summary: 'Remove a registration',
        description: 'Nothing is forwarded because of it from then on.',
        operationId: 'removeRegistration',
        answers: { 204: { description: 'Removed, durably' } },
        errors: [400, 404, 406, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'query');
      parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      await deleteRegistration(service.availability.broker, scope, request.params.registrationId);
      return reply.code(204).send();
    },
  );
}
