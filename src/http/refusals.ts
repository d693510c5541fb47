import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, type RefusalReason } from '../core/errors.ts';
import { wordRefusal } from '../dialects/ngsiv2/word-refusal.ts';
import type { Logger } from '../observe/log.ts';
import { sendJson } from './json-reply.ts';

/** Answers every error in the form of NGSIv2: a refusal in the dialect's words, a bug as a 500 that the log explains. */
export function answerErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const reason = refusalReasonOf(error, request);
    if (reason !== undefined) {
      sendRefusal(reply, reason);
      if (reason.kind === 'storeUnavailable') log.error({ correlator: request.id, reason }, 'store unavailable');
      return;
    }
    log.error({ correlator: request.id, method: request.method, url: request.url, err: error }, 'request failed');
    sendError(reply, 500, 'InternalServerError', `unexpected error; the log tells more under ${request.id}`);
  });
}

/** Answers with the status, the headers and the body that the dialect gives the refusal. */
export function sendRefusal(reply: FastifyReply, reason: RefusalReason): void {
  const { status, error, description, headers } = wordRefusal(reason);
  if (headers !== undefined) reply.headers(headers);
  sendError(reply, status, error, description);
}

function sendError(reply: FastifyReply, status: number, error: string, description: string): void {
  sendJson(reply.code(status), JSON.stringify({ error, description }));
}

/** Why a request was refused, for what Fastify finds itself too; undefined for a bug. */
export function refusalReasonOf(error: FastifyError, request: FastifyRequest): RefusalReason | undefined {
  if (error instanceof Refusal) return error.reason;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return bodyTooLarge(request);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return {
        kind: 'unsupportedMediaType',
        description: `not supported content type: ${request.headers['content-type']}`,
      };
    case 'FST_ERR_BAD_URL':
      return { kind: 'invalidRequest', description: 'invalid percent-encoding in URL' };
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return { kind: 'invalidRequest', description: 'URL too long' };
  }
  const clientsFault = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return clientsFault ? { kind: 'invalidRequest', description: error.message } : undefined;
}

function bodyTooLarge(request: FastifyRequest): RefusalReason {
  const limitBytes = request.routeOptions.bodyLimit;
  const bytes = Number(request.headers['content-length']);
  return Number.isNaN(bytes) ? { kind: 'bodyTooLarge', limitBytes } : { kind: 'bodyTooLarge', limitBytes, bytes };
}
