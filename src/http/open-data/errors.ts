import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type WordedRefusal, wordPlainly } from '../../dialects/ngsiv2/word-refusal.ts';
import type { Logger } from '../../observe/log.ts';
import { sendJson } from '../json-reply.ts';
import { refusalReasonOf } from '../refusals.ts';

/** How a family of routes says that something went wrong. */
export type SendProblem = (reply: FastifyReply, problem: WordedRefusal, request: FastifyRequest) => unknown;

/**
 * Answers every error of the routes registered in this scope: a refusal in the words of NGSIv2 without its escapes, what is
 * not there with 404, a bug as a 500 that the log explains.
 */
export function answerProblems(app: FastifyInstance, log: Logger, send: SendProblem = sendPlainly): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error.statusCode === 429)
      return send(reply, { status: 429, error: 'TooManyRequests', description: error.message }, request);
    const reason = refusalReasonOf(error, request);
    if (reason === undefined) {
      log.error({ correlator: request.id, method: request.method, url: request.url, err: error }, 'request failed');
      const description = `unexpected error; the log tells more under ${request.id}`;
      return send(reply, { status: 500, error: 'InternalServerError', description }, request);
    }
    const worded =
      reason.kind === 'unknownPath'
        ? { status: 404, error: 'NotFound', description: 'there is nothing here: check the URL' }
        : wordPlainly(reason);
    if (worded.headers !== undefined) reply.headers(worded.headers);
    return send(reply, worded, request);
  });
}

function sendPlainly(reply: FastifyReply, { status, error, description }: WordedRefusal): FastifyReply {
  return sendJson(reply.code(status).header('cache-control', 'no-store'), JSON.stringify({ error, description }));
}
