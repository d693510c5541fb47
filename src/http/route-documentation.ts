import type { FastifySchema } from 'fastify';
import { type TProperties, type TSchema, Type } from 'typebox';

/** What the API document tells of one route. It documents: the dialect validates, in the words that NGSIv2 fixes. */
export interface RouteDocumentation {
  readonly summary: string;
  readonly description: string;
  readonly tag: string;
  readonly operationId: string;
  readonly path?: TProperties;
  readonly query?: TProperties;
  readonly headers?: TProperties;
  readonly body?: DocumentedBody;
  /** By status. */
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
  /** Statuses with the error body. */
  readonly errors: readonly ErrorStatus[];
}

export interface DocumentedBody {
  readonly types: readonly string[];
  readonly schema: TSchema;
}

export interface DocumentedAnswer {
  readonly description: string;
  /** Media types; JSON where there is nothing else. */
  readonly types?: readonly string[];
  readonly schema?: TSchema;
  /** By header name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The one body of every error. [V2 errors] */
export const errorSchema = Type.Object(
  {
    error: Type.String({ description: 'Name of the error', examples: ['NotFound'] }),
    description: Type.String({
      description: 'What was wrong',
      examples: ['The requested entity has not been found. Check type and id'],
    }),
  },
  { $id: 'Error', description: 'The one body of every error' },
);

const errorDescriptions = {
  400: 'BadRequest or ParseError: the request is wrong in itself',
  404: 'NotFound: there is no such entity, attribute, type, subscription or dataset',
  406: 'NotAcceptable: the Accept header takes none of the media types there are',
  409: 'TooManyResults: several entities have this id; name the type. Conflict: the id is taken',
  411: 'ContentLengthRequired: no body, or one of unknown length',
  413: 'RequestEntityTooLarge or NoResourcesAvailable: more than a limit allows',
  415: 'UnsupportedMediaType: the Content-Type is not one that the resource takes',
  422: 'Unprocessable, PartialUpdate or NotSupportedQuery: well formed, but it does not fit what is there',
  501: 'NotImplemented: NGSIv2 has it, Oriel does not',
  502: 'BadGateway: a provider that has a part of it was not reached',
  503: 'The broker starts, is overloaded or cannot write; see Retry-After',
} as const;

export type ErrorStatus = keyof typeof errorDescriptions;

/** As a Fastify schema, for the generator of the API document. */
export function documented(route: RouteDocumentation): FastifySchema {
  const { summary, description, tag, operationId, path, query, headers, body, answers, errors } = route;
  return {
    summary,
    description,
    tags: [tag],
    operationId,
    ...(path && { params: Type.Object(path) }),
    ...(query && { querystring: Type.Object(optional(query)) }),
    ...(headers && { headers: Type.Object(optional(headers)) }),
    ...(body && { consumes: body.types, body: body.schema }),
    response: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])),
      ...Object.fromEntries(errors.map((status) => [status, errorResponse(status)])),
    },
  };
}

function optional(properties: TProperties): TProperties {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)]));
}

function responseOf({ description, types = ['application/json'], schema, headers }: DocumentedAnswer): object {
  return {
    description,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, { type: 'string', description: text }]),
      ),
    }),
    ...(schema ? { content: Object.fromEntries(types.map((type) => [type, { schema }])) } : { type: 'null' }),
  };
}

function errorResponse(status: ErrorStatus): object {
  return {
    description: errorDescriptions[status],
    content: { 'application/json': { schema: { $ref: 'Error#' } } },
  };
}
