import type { RefusalReason } from '../../core/errors.ts';
import { renderViolation } from '../../core/model/violation.ts';
import { renderViolationsHeader, violationsHeader } from '../../core/model/violations-header.ts';

/** What NGSI-LD answers to a refused request. [LD 5.5.3] */
export interface Problem {
  readonly status: number;
  /** Name of the error type, at `https://uri.etsi.org/ngsi-ld/errors/`. [LD 5.5.2] */
  readonly type: ProblemType;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Record<string, string>;
}

export type ProblemType =
  | 'AlreadyExists'
  | 'BadRequestData'
  | 'Conflict'
  | 'InternalError'
  | 'InvalidRequest'
  | 'LdContextNotAvailable'
  | 'NonexistentTenant'
  | 'OperationNotSupported'
  | 'ResourceNotFound'
  | 'TooComplexQuery'
  | 'TooManyResults';

/** Status, type and text of a refusal. [LD 5.5.2] [LD 6.3.2] */
export function wordProblem(reason: RefusalReason): Problem {
  switch (reason.kind) {
    case 'invalidRequest':
      return badRequest(reason.description);
    case 'invalidContext':
      return badRequest(`the @context cannot be used: ${reason.description}`);
    case 'invalidJson':
      return invalid(400, 'The body is not JSON', 'the body is no JSON, nests too deep or has numbers beyond a double');
    case 'bodyTooLarge':
      return invalid(
        413,
        'The body is too large',
        `the body has ${reason.bytes ?? 'too many'} bytes, at most ${reason.limitBytes} are taken`,
      );
    case 'lengthRequired':
      return invalid(411, 'Length required', 'the request needs a body, with its Content-Length');
    case 'unsupportedMediaType':
      return invalid(415, 'Unsupported media type', reason.description);
    case 'notAcceptable':
      return invalid(406, 'Not acceptable', `the representations are ${reason.accepted.join(', ')}`);
    case 'methodNotAllowed':
      return {
        ...invalid(405, 'Method not allowed', `the resource takes ${reason.allowed.join(', ')}`),
        headers: { allow: reason.allowed.join(', ') },
      };
    case 'unknownPath':
      return problem(404, 'ResourceNotFound', 'Resource not found', 'there is no such resource in NGSI-LD');
    case 'notImplemented':
      return problem(501, 'OperationNotSupported', 'Not implemented', reason.description);
    case 'contextUnavailable':
      return problem(
        504,
        'LdContextNotAvailable',
        'The @context is not available',
        `${reason.url} cannot be had: ${reason.description}`,
      );
    case 'contextNotFound':
      return notFound('there is no such context');
    case 'unsupportedOperation':
      return problem(422, 'OperationNotSupported', 'Operation not supported', reason.description);
    case 'tenantNotFound':
      return problem(404, 'NonexistentTenant', 'The tenant does not exist', 'nothing was ever written to this tenant');
    case 'entityNotFound':
      return notFound('there is no such entity');
    case 'attributeNotFound':
      return notFound('there is no such attribute, or no instance of that datasetId');
    case 'typeNotFound':
      return notFound('no entity has this type');
    case 'subscriptionNotFound':
      return notFound('there is no such subscription');
    case 'entityExists':
      return problem(409, 'AlreadyExists', 'Already exists', 'an entity with this id exists');
    case 'subscriptionExists':
      return problem(409, 'AlreadyExists', 'Already exists', 'a subscription with this id exists');
    case 'ambiguousEntity':
      return problem(
        409,
        'Conflict',
        'Several entities',
        'several entities have this id: name the type of the one that is meant',
      );
    case 'modelNotFound':
    case 'modelRuleNotFound':
    case 'registrationNotFound':
    case 'datasetNotFound':
      return notFound('there is no such thing');
    case 'registrationExists':
    case 'datasetExists':
      return problem(409, 'AlreadyExists', 'Already exists', 'something with this id exists');
    case 'personalData':
      return badRequest(`personal data by the data model: ${[...reason.marks.keys()].join(', ')}`);
    case 'modelViolated':
      return {
        ...badRequest(`the data model says no: ${reason.violations.map(renderViolation).join('; ')}`),
        headers: { [violationsHeader]: renderViolationsHeader([reason]) },
      };
    case 'forwardingFailed':
      return problem(
        502,
        'InternalError',
        'A context source did not do its part',
        reason.failures.map(({ provider, reason: why }) => `${provider}: ${why}`).join(', '),
      );
    case 'attributesMissing':
      return notFound(`the entity has no ${namesIn(reason.missing)}`);
    case 'attributesExist':
      return problem(409, 'AlreadyExists', 'Already exists', `the entity has ${namesIn(reason.existing)} already`);
    case 'entitiesNotFound':
      return notFound(`there are no entities ${reason.missing.map(({ id }) => id).join(', ')}`);
    case 'batchRefused':
      return problem(
        409,
        'Conflict',
        'Not everything was done',
        `refused: ${reason.refused.map(({ entity }) => entity.id).join(', ')}`,
      );
    case 'tooManyLocations':
      return problem(
        403,
        'OperationNotSupported',
        'Too many places',
        'the entity would have more places than are allowed',
      );
    case 'operatorMismatch':
      return badRequest(`${reason.operator} does not fit the ${reason.where} of ${reason.attribute}`);
    case 'unsupportedQuery':
      return problem(403, 'TooComplexQuery', 'The query is too complex', reason.description);
    case 'queryTimeout':
      return problem(
        403,
        'TooComplexQuery',
        'The query took too long',
        `the query took longer than ${reason.limitMs} ms: narrow it down, or ask for fewer entities at once`,
      );
    case 'limitReached':
      return problem(
        403,
        'TooManyResults',
        'A limit is reached',
        `limit reached: ${reason.what}, at most ${reason.limit}`,
      );
    case 'overloaded':
      return {
        ...problem(503, 'InternalError', 'Overloaded', 'too many requests are waiting; try again later'),
        headers: { 'retry-after': String(reason.retryAfterSeconds) },
      };
    case 'storeUnavailable':
      return {
        ...problem(503, 'InternalError', 'The store is not available', reason.description),
        ...(reason.retryAfterSeconds !== undefined && {
          headers: { 'retry-after': String(reason.retryAfterSeconds) },
        }),
      };
  }
}

function namesIn(items: readonly { readonly attributes?: readonly string[] }[]): string {
  return items.flatMap(({ attributes = [] }) => attributes).join(', ');
}

function problem(status: number, type: ProblemType, title: string, detail: string): Problem {
  return { status, type, title, detail };
}

function badRequest(detail: string): Problem {
  return problem(400, 'BadRequestData', 'Bad request data', detail);
}

function invalid(status: number, title: string, detail: string): Problem {
  return problem(status, 'InvalidRequest', title, detail);
}

function notFound(detail: string): Problem {
  return problem(404, 'ResourceNotFound', 'Resource not found', detail);
}

/** A problem as the JSON text of an answer. [LD 5.5.3] [RFC 7807] */
export function renderProblem(problem: Problem): string {
  const { type, title, detail, status } = problem;
  return JSON.stringify({ type: `https://uri.etsi.org/ngsi-ld/errors/${type}`, title, detail, status });
}
