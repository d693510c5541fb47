import type { FastifyError, FastifyInstance } from 'fastify';
import { wordRefusal } from '../../dialects/ngsiv2/word-refusal.ts';
import { IotRefusal } from '../../ingest/iot-refusal.ts';
import { wordIotRefusal } from '../../ingest/word-iot-refusal.ts';
import type { Logger } from '../../observe/log.ts';
import { sendJson } from '../json-reply.ts';
import { refusalReasonOf } from '../refusals.ts';

/** Answers every error in the form that devices and scripts know of IoT Agents: `{"name", "message"}`. [IoTA errors] */
export function answerIotErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof IotRefusal) {
      const { status, name, message, retryAfterSeconds } = wordIotRefusal(error.reason);
      if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
      return sendJson(reply.code(status), JSON.stringify({ name, message }));
    }
    const reason = refusalReasonOf(error, request);
    if (reason !== undefined) {
      const { status, error: name, description, headers } = wordRefusal(reason);
      if (headers !== undefined) reply.headers(headers);
      return sendJson(reply.code(status), JSON.stringify({ name: agentName(name), message: description }));
    }
    log.error({ correlator: request.id, method: request.method, url: request.url, err: error }, 'request failed');
    const message = `unexpected error; the log tells more under ${request.id}`;
    return sendJson(reply.code(500), JSON.stringify({ name: 'INTERNAL_ERROR', message }));
  });
}

/** `BadRequest` → `BAD_REQUEST` */
function agentName(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
