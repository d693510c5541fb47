import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalidRequest } from '../core/errors.ts';
import type { TextRules } from '../dialects/ngsiv2/text-rules.ts';
import { admitRequest } from './admission.ts';
import { answerOptions, originAllowed } from './cors.ts';
import { checkPathText } from './path-segments.ts';
import { sendRefusal } from './refusals.ts';
import type { Resources } from './resources.ts';

const allowedHeaders =
  'Content-Type, Fiware-Service, Fiware-Servicepath, Ngsiv2-AttrsFormat, Fiware-Correlator, X-Forwarded-For, X-Real-IP, X-Auth-Token, Authorization';

export interface UnmatchedOptions {
  readonly resources: Resources;
  readonly corsOrigin: string;
  readonly strictContentLength: boolean;
  readonly text: TextRules;
}

/** Answers what no route takes: OPTIONS, a method that the path does not have, a path that is not there. */
export function answerUnmatched(app: FastifyInstance, options: UnmatchedOptions): void {
  const { resources, corsOrigin, strictContentLength, text } = options;
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const [path = ''] = request.url.split(/[?#]/, 1);
    checkPathText(decoded(path), text);
    admitRequest(request, strictContentLength);
    const resource = resources.resourceAt(path);
    if (resource === undefined) {
      if (/^\/*$/.test(path)) throw invalidRequest("The Orion Context Broker is a REST service, not a 'web page'");
      sendRefusal(reply, { kind: 'unknownPath' });
    } else if (request.method === 'OPTIONS') {
      answerOptions(reply, resource.methods, originAllowed(request, corsOrigin) ? allowedHeaders : undefined);
    } else {
      sendRefusal(reply, { kind: 'methodNotAllowed', allowed: resource.standard });
    }
  });
}

/** A path that is not percent-encoded well is looked at as it is. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
