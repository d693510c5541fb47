import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { sendJson } from './json-reply.ts';
import { errorSchema } from './route-documentation.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the API document tells of the route. */
    documentation?: FastifySchema;
  }
}

/**
 * Builds the API document from the routes that are registered from now on, and serves it: the document at
 * `/openapi.json`, and a page to try it at `/docs`.
 */
export async function documentApi(app: FastifyInstance, version: string): Promise<void> {
  app.addSchema(errorSchema);
  // Documentation is kept from Fastify, which would walk it through a validation that says yes, with every request.
  app.addHook('onRoute', (route) => {
    const { schema } = route;
    delete route.schema;
    route.config = { ...route.config, ...(schema && { documentation: schema }) };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Oriel context broker: NGSIv2',
        description:
          'What is true now in a city, and where. NGSIv2 as existing clients know it; what goes beyond it is called an extension here.',
        version,
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'Entry point' },
        { name: 'Entities' },
        { name: 'Attributes' },
        { name: 'Attribute value' },
        { name: 'Types' },
        { name: 'Subscriptions' },
        { name: 'Batch operations' },
        { name: 'Device provisioning' },
        { name: 'Device readings' },
        { name: 'Data models' },
        { name: 'Open data' },
        { name: 'Version' },
        { name: 'Health' },
      ],
    },
    transform: ({ url, route }) => ({ url, schema: route.config?.documentation ?? { hide: true } }),
    refResolver: { buildLocalReference: ({ $id }, _base, _fragment, place) => String($id ?? `schema-${place}`) },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { validatorUrl: 'none' },
    staticCSP: true,
    // The broker speaks plain HTTP unless a proxy stands before it.
    transformStaticCSP: (header) => header.replace(/ ?upgrade-insecure-requests;/, ''),
  });
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    sendJson(reply, JSON.stringify(app.swagger()));
  });
}
