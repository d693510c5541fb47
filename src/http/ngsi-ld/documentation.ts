import type { FastifySchema } from 'fastify';
import { type TProperties, type TSchema, Type } from 'typebox';

/** What the API document tells of one route of NGSI-LD. It documents: the dialect validates, in the words of its problems. */
export interface LdRouteDocumentation {
  readonly summary: string;
  readonly description: string;
  readonly tag: string;
  readonly operationId: string;
  readonly path?: TProperties;
  /** Names of `parameterDescriptions`. */
  readonly query?: readonly string[];
  /** Beside those of every request. */
  readonly headers?: TProperties;
  readonly body?: TSchema;
  /** `merge`: also as a merge patch. */
  readonly bodyTypes?: 'merge';
  readonly answers: Readonly<Record<number, LdAnswer>>;
  readonly problems: readonly ProblemStatus[];
}

export interface LdAnswer {
  readonly description: string;
  readonly schema?: TSchema;
  readonly types?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The one body of every problem. [LD 5.5.3] */
export const problemSchema = Type.Object(
  {
    type: Type.String({ examples: ['https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound'] }),
    title: Type.String({ examples: ['Resource not found'] }),
    detail: Type.String({ examples: ['there is no such entity'] }),
    status: Type.Integer({ examples: [404] }),
  },
  { $id: 'ProblemDetails', description: 'The one body of every problem (RFC 7807)' },
);

const problemDescriptions = {
  400: 'BadRequestData or InvalidRequest: the request is wrong in itself',
  403: 'TooComplexQuery or TooManyResults: more than the broker answers at once',
  404: 'ResourceNotFound or NonexistentTenant',
  406: 'The Accept header takes none of the media types there are',
  409: 'AlreadyExists or Conflict',
  411: 'No Content-Length; without a body',
  413: 'The body is too large',
  415: 'The Content-Type is not one that the resource takes; without a body',
  422: 'OperationNotSupported: what is asked is never done',
  501: 'OperationNotSupported: NGSI-LD has it, Oriel does not yet',
  503: 'The broker starts, is overloaded or cannot write; see Retry-After',
  504: 'LdContextNotAvailable: a context cannot be had',
} as const;

export type ProblemStatus = keyof typeof problemDescriptions;

/** Those of every request, and of every request with a body. */
export const readProblems: readonly ProblemStatus[] = [400, 404, 406, 503, 504];
export const writeProblems: readonly ProblemStatus[] = [400, 404, 411, 413, 415, 503, 504];

const parameterDescriptions: Readonly<Record<string, string>> = {
  attrs:
    'Attributes, with commas: entities that have one of them, and only these of them. Deprecated: see `pick` and `q`',
  collation: 'Collation of texts in the order, a BCP 47 tag such as `de-u-co-phonebk`',
  containedBy: 'Ids of entities that the client has already, with commas',
  coordinates: 'Coordinates of the reference geometry, a JSON array, longitude before latitude',
  count: '`true` adds the number of all matches in `NGSILD-Results-Count`',
  csf: 'Filter of context sources; there are none yet, so it is only checked',
  datasetId: 'Instances of attributes: URIs with commas, `@none` for the default ones',
  deleteAll: '`true` removes all instances of the attribute',
  details: '`true` tells more of each',
  drop: 'Attributes to take away, with commas; the entities stay',
  entityMap: 'Declined: no answer names an entity map, since nothing is distributed yet',
  entityMapLifetime: 'A duration such as `PT10M`; see `entityMap`',
  expandValues: 'Attributes whose values in `q` are terms of the context, with commas',
  format: '`normalized`, `concise` or `simplified`',
  geometry: 'Type of the reference geometry: `Point`, `Polygon` …',
  geometryProperty: 'The attribute that is the geometry of a GeoJSON feature; `location` where it is not given',
  geoproperty: 'The attribute that a geo-query looks at; `location` where it is not given',
  georel:
    '`near;maxDistance==METRES`, `near;minDistance==METRES`, `within`, `contains`, `overlaps`, `intersects`, `equals` or `disjoint`',
  id: 'URIs of entities, with commas',
  idPattern: 'Regular expression (RE2) for the id',
  join: '`inline` or `flat`: linked entities within or beside those that link to them',
  joinLevel: 'How many links in a row are followed; 1 where it is not given',
  jsonKeys: 'Attributes whose values in `q` are plain JSON and not expanded, with commas',
  keep: 'Attributes to keep, with commas: all others are taken away; the entities stay',
  kind: '`Hosted`, `Cached` or `ImplicitlyCreated`',
  lang: 'Languages in the order of preference, as in `Accept-Language`',
  limit:
    'Entities, or subscriptions, in the page, 20 where it is not given, at most 1000; 0 with `count=true` for the count alone',
  local: '`true` asks this broker alone',
  observedAt: 'Time of observation of the attributes that have one and whose new value has none',
  offset: 'Entities, or subscriptions, to skip',
  omit: 'Members not to show: attributes, `id`, `type`, `scope`, with commas',
  options: 'Words with commas: `sysAttrs`; and representations, see `format`',
  orderBy: 'Attributes with commas, each with `;asc`, `;desc`, `;dist-asc` or `;dist-desc`',
  orderFrom: 'Coordinates to measure from in an order by distance',
  orderGeometry: 'Type of the geometry of `orderFrom`; `Point` where it is not given',
  pick: 'Members to show: attributes, `id`, `type`, `scope`, with commas; `link{member}` of linked entities',
  q: 'Query by values: `temperature>20;(name=="Sol"|address[city]~="^Mad")`',
  reload: '`true` fetches a copy anew in the place of removing it',
  scopeQ: 'Query by scopes: `/Madrid/#`',
  splitEntities: '`true` or `false`; it changes nothing, since nothing is distributed yet',
  type: 'Types: `Room|Hall,(Home;Vehicle)`; `*` for any',
};

const jsonTypes = ['application/json', 'application/ld+json'];

const commonHeaders = {
  'NGSILD-Tenant': Type.Optional(Type.String({ description: 'Tenant; without it, the default one' })),
  Link: Type.Optional(
    Type.String({
      description:
        'The context of the request, with rel="http://www.w3.org/ns/json-ld#context"; without it, the core context',
    }),
  ),
};

/** As a Fastify schema, for the generator of the API document. */
export function documentedLd(route: LdRouteDocumentation): FastifySchema {
  const {
    summary,
    description,
    tag,
    operationId,
    path,
    query = [],
    headers,
    body,
    bodyTypes,
    answers,
    problems,
  } = route;
  return {
    summary,
    description,
    tags: [tag],
    operationId,
    headers: Type.Object({ ...commonHeaders, ...headers }),
    ...(path && { params: Type.Object(path) }),
    ...(query.length > 0 && { querystring: Type.Object(Object.fromEntries(query.map(parameterOf))) }),
    ...(body && { consumes: [...jsonTypes, ...(bodyTypes === 'merge' ? ['application/merge-patch+json'] : [])], body }),
    response: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
      ...Object.fromEntries(problems.map((status) => [status, problemOf(status)])),
    },
  };
}

function parameterOf(name: string) {
  const description = parameterDescriptions[name];
  if (description === undefined) throw new Error(`the parameter ${name} is not described`);
  return [name, Type.Optional(Type.String({ description }))] as const;
}

function answerOf({ description, schema, types = jsonTypes, headers: own }: LdAnswer): object {
  return {
    description,
    ...(own && {
      headers: Object.fromEntries(
        Object.entries(own).map(([name, text]) => [name, { type: 'string', description: text }]),
      ),
    }),
    ...(schema ? { content: Object.fromEntries(types.map((type) => [type, { schema }])) } : { type: 'null' }),
  };
}

function problemOf(status: ProblemStatus): object {
  if (status === 411 || status === 415) return { description: problemDescriptions[status], type: 'null' };
  return {
    description: problemDescriptions[status],
    content: { 'application/json': { schema: { $ref: 'ProblemDetails#' } } },
  };
}

export const preferHeader = {
  Prefer: Type.Optional(
    Type.String({
      description:
        '`ngsi-ld=1.5`: as that version has entities; `body=json`: of GeoJSON, the context in the `Link` header',
    }),
  ),
};

/** Where an older version was preferred, and shows something otherwise. [LD 4.3.6.8] */
export function alteredAnswer(schema: TSchema): LdAnswer {
  return {
    description: 'As 200, amended to the older version that is preferred',
    schema,
    headers: { 'Preference-Applied': 'The version that the answer conforms to, such as `ngsi-ld=1.5`' },
  };
}

export const entityIdPath = {
  entityId: Type.String({ description: 'Id of the entity, a URI', examples: ['urn:ngsi-ld:Room:1'] }),
};

export const attributePath = {
  ...entityIdPath,
  attrId: Type.String({
    description: 'Name of the attribute: a term of the context, or an IRI',
    examples: ['temperature'],
  }),
};

export const entityExample = {
  id: 'urn:ngsi-ld:Room:1',
  type: 'Room',
  temperature: { type: 'Property', value: 21.7, unitCode: 'CEL', observedAt: '2026-01-31T12:00:00Z' },
  isPartOf: { type: 'Relationship', object: 'urn:ngsi-ld:Building:1' },
};

export const entitySchema = Type.Object(
  { id: Type.Optional(Type.String()), type: Type.Optional(Type.Unknown()) },
  { additionalProperties: true, description: 'An entity', examples: [entityExample] },
);

export const fragmentSchema = Type.Object(
  {},
  {
    additionalProperties: true,
    description: 'Attributes of an entity',
    examples: [{ temperature: { type: 'Property', value: 22 } }],
  },
);

export const attributeSchema = Type.Object(
  {},
  { additionalProperties: true, description: 'An attribute', examples: [{ type: 'Property', value: 22 }] },
);

export const updateResultSchema = Type.Object(
  {
    updated: Type.Array(Type.String()),
    notUpdated: Type.Array(Type.Object({ attributeName: Type.String(), reason: Type.String() })),
  },
  { description: 'Which attributes were written, and which were not and why' },
);

export const batchResultSchema = Type.Object(
  {
    success: Type.Array(Type.String()),
    errors: Type.Array(Type.Object({ entityId: Type.String(), error: Type.Unknown() })),
  },
  { description: 'What became of each entity' },
);
