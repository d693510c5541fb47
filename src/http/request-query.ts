import type { FastifyRequest } from 'fastify';

/** The query string as the client wrote it: the dialect parses it, in its own words for what is wrong. */
export type RawQuery = { readonly text: string };

const noQuery: RawQuery = Object.freeze({ text: '' });

/** For Fastify's router: keeps the query string unparsed. */
export function keepQueryRaw(text: string): RawQuery {
  return text === '' ? noQuery : { text };
}

/** Everything after the question mark, percent-encoded; empty where there is none. */
export function rawQueryOf(request: FastifyRequest): string {
  return (request.query as RawQuery).text;
}
