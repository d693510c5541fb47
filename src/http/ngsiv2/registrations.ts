import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { createRegistration } from '../../broker/registrations/create-registration.ts';
import { listRegistrations } from '../../broker/registrations/list-registrations.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parsePage } from '../../dialects/ngsiv2/page-parameters.ts';
import { parseListing } from '../../dialects/ngsiv2/registrations/parse-listing.ts';
import { parseRegistration } from '../../dialects/ngsiv2/registrations/parse-registration.ts';
import { renderRegistration } from '../../dialects/ngsiv2/registrations/render-registration.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { jsonTypes, optionsParameter, pageParameters, scopeHeaders, totalCountHeader } from './documentation.ts';
import { listingParameters, registrationSchema, shownRegistrationSchema } from './registration-documentation.ts';
import type { NgsiService } from './service.ts';

/** `/v2/registrations` [V2 list registrations] [V2 create registration] */
export function registrationsRoutes(app: FastifyInstance, service: NgsiService): void {
  app.get(
    '/v2/registrations',
    {
      schema: documented({
        summary: 'List registrations',
        description: 'The registrations for the paths that the request sees, in the order of creation.',
        tag: 'Registrations',
        operationId: 'listRegistrations',
        query: { ...pageParameters, ...listingParameters, ...optionsParameter('count', 'count') },
        headers: scopeHeaders,
        answers: {
          200: {
            description: 'The registrations',
            schema: Type.Array(shownRegistrationSchema),
            headers: totalCountHeader,
          },
        },
        errors: [400, 406, 503],
      }),
    },
    (request, reply) => {
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const options = parseOptions(parameters);
      const { broker } = service.availability;
      const now = broker.clock.now();
      const isAskedFor = parseListing(parameters);
      const { registrations, count } = listRegistrations(broker, scope, {
        ...parsePage(parameters),
        where: ({ stored, forwarding }) => isAskedFor(stored, forwarding, now),
      });
      if (options.has('count')) reply.header('fiware-total-count', String(count));
      const rendered = registrations.map(({ stored, forwarding }) => renderRegistration(stored, forwarding, now));
      sendJson(reply, `[${rendered.join(',')}]`);
    },
  );

  app.post(
    '/v2/registrations',
    {
      schema: documented({
        summary: 'Register a provider',
        description:
          'From now on requests about what the provider has, in the path of this request, are forwarded to it as far as they cannot be answered here.',
        tag: 'Registrations',
        operationId: 'createRegistration',
        headers: scopeHeaders,
        body: { types: jsonTypes, schema: registrationSchema },
        answers: { 201: { description: 'Registered, durably', headers: { Location: 'URL of the registration' } } },
        errors: [400, 406, 411, 413, 415, 422, 501, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'create');
      parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const draft = parseRegistration(parseJson(jsonBody(request)), service);
      const id = await createRegistration(service.availability.broker, scope, { ...draft, dialect: 'ngsiv2' });
      return reply.code(201).header('location', `/v2/registrations/${id}`).send();
    },
  );
}
