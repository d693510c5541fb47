import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { sendJson } from './json-reply.ts';
import { problemSchema } from './ngsi-ld/documentation.ts';
import { errorSchema } from './route-documentation.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The API document of NGSI-LD. */
    ngsiLdDocument(): object;
  }
  interface FastifyContextConfig {
    /** What the API document tells of the route. */
    documentation?: FastifySchema;
  }
}

/** Both documents are made of the schemas of both: each is told of its own error body alone. */
function withoutSchema<Document extends { components?: { schemas?: object } }>(document: Document, name: string) {
  const { [name]: _, ...schemas } = (document.components?.schemas ?? {}) as Record<string, unknown>;
  return { ...document, components: { ...document.components, schemas } } as Document;
}

function isOfNgsiLd(url: string): boolean {
  return url.startsWith('/ngsi-ld/');
}

/**
 * Builds the API document from the routes that are registered from now on, and serves it: the document at
 * `/openapi.json`, and a page to try it at `/docs`.
 */
export async function documentApi(app: FastifyInstance, version: string): Promise<void> {
  app.addSchema(errorSchema);
  app.addSchema(problemSchema);
  // Documentation is kept from Fastify, which would walk it through a validation that says yes, with every request.
  app.addHook('onRoute', (route) => {
    const { schema } = route;
    delete route.schema;
    route.config = { ...route.config, ...(schema && { documentation: schema }) };
  });
  await app.register(swagger, {
    transformObject: (document) =>
      withoutSchema('openapiObject' in document ? document.openapiObject : {}, 'ProblemDetails'),
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
    transform: ({ url, route }) => ({
      url,
      schema: isOfNgsiLd(url) ? { hide: true } : (route.config?.documentation ?? { hide: true }),
    }),
    refResolver: { buildLocalReference: ({ $id }, _base, _fragment, place) => String($id ?? `schema-${place}`) },
  });
  await app.register(swagger, {
    decorator: 'ngsiLdDocument',
    transformObject: (document) => withoutSchema('openapiObject' in document ? document.openapiObject : {}, 'Error'),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Oriel context broker: NGSI-LD',
        description:
          'What is true now in a city, and where: NGSI-LD (ETSI GS CIM 009 V1.9.1) over the same entities as NGSIv2. What is not built yet answers 501.',
        version,
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'Entities' },
        { name: 'Attributes' },
        { name: 'Batch operations' },
        { name: 'Discovery' },
        { name: 'Contexts' },
      ],
    },
    transform: ({ url, route }) => ({
      url,
      schema: isOfNgsiLd(url) ? (route.config?.documentation ?? { hide: true }) : { hide: true },
    }),
    refResolver: { buildLocalReference: ({ $id }, _base, _fragment, place) => String($id ?? `schema-${place}`) },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { validatorUrl: 'none' },
    staticCSP: true,
    // The broker speaks plain HTTP unless a proxy stands before it.
    transformStaticCSP: (header) => header.replace(/ ?upgrade-insecure-requests;/, ''),
  });
  app.get('/ngsi-ld/v1/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    sendJson(reply, JSON.stringify(app.ngsiLdDocument()));
  });
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    sendJson(reply, JSON.stringify(app.swagger()));
  });
}
