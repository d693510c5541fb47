import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RefusalReason } from '../../core/errors.ts';
import { renderProblem, wordProblem } from '../../dialects/ngsi-ld/word-problem.ts';
import type { Logger } from '../../observe/log.ts';
import { sendJson } from '../json-reply.ts';
import { refusalReasonOf } from '../refusals.ts';
import { problemType } from './negotiation.ts';

/** Answers every error as a problem of NGSI-LD; a bug as a 500 that the log explains. [LD 6.3.3] */
export function answerProblems(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const reason = refusalReasonOf(error, request);
    if (reason !== undefined) {
      sendProblem(request, reply, reason);
      if (reason.kind === 'storeUnavailable') log.error({ correlator: request.id, reason }, 'store unavailable');
      return;
    }
    log.error({ correlator: request.id, method: request.method, url: request.url, err: error }, 'request failed');
    const detail = `unexpected error; the log tells more under ${request.id}`;
    const problem = renderProblem({ status: 500, type: 'InternalError', title: 'Internal error', detail });
    sendJson(reply.code(500), problem, problemType(request));
  });
}

/** Answers with the problem that the refusal is. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, reason: RefusalReason): void {
  const problem = wordProblem(reason);
  if (problem.headers !== undefined) reply.headers(problem.headers);
  sendJson(reply.code(problem.status), renderProblem(problem), problemType(request));
}
