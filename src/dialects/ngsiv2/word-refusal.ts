import type { EntityRef } from '../../core/entity/entity-ref.ts';
import type { AttributesOfEntity, ForwardingFailure, RefusalReason, RefusedEntity } from '../../core/errors.ts';
import { type EntityViolations, renderViolation } from '../../core/model/violation.ts';
import { renderViolationsHeader, violationsHeader } from '../../core/model/violations-header.ts';

/** What NGSIv2 answers to a refused request. */
export interface WordedRefusal {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly headers?: Record<string, string>;
}

/**
 * Status, name and text of a refusal: those of the reference implementation, which clients know. Characters that are
 * forbidden in requests come back escaped as in HTML, so that no text of a client can be taken for markup. [V2 error responses]
 */
export function wordRefusal(reason: RefusalReason): WordedRefusal {
  const worded = word(reason);
  return { ...worded, description: escapeHtml(worded.description) };
}

/** As `wordRefusal`, without escapes: for resources that NGSIv2 does not have. */
export function wordPlainly(reason: RefusalReason): WordedRefusal {
  return word(reason);
}

function word(reason: RefusalReason): WordedRefusal {
  switch (reason.kind) {
    case 'invalidRequest':
      return badRequest(reason.description);
    case 'invalidJson':
      return { status: 400, error: 'ParseError', description: 'Errors found in incoming JSON buffer' };
    case 'bodyTooLarge':
      return {
        status: 413,
        error: 'RequestEntityTooLarge',
        description: `payload size: ${reason.bytes ?? 'unknown'}, max size supported: ${reason.limitBytes}`,
      };
    case 'lengthRequired':
      return {
        status: 411,
        error: 'ContentLengthRequired',
        description: 'Zero/No Content-Length in PUT/POST/PATCH request',
      };
    case 'unsupportedMediaType':
      return { status: 415, error: 'UnsupportedMediaType', description: reason.description };
    case 'notAcceptable':
      return { status: 406, error: 'NotAcceptable', description: acceptable(reason.accepted) };
    case 'methodNotAllowed':
      return {
        status: 405,
        error: 'MethodNotAllowed',
        description: 'method not allowed',
        headers: { Allow: reason.allowed.join(', ') },
      };
    case 'unknownPath':
      return badRequest('Service not found. Check your URL as probably it is wrong.');
    case 'notImplemented':
      return { status: 501, error: 'NotImplemented', description: reason.description };
    case 'contextUnavailable':
      return {
        status: 503,
        error: 'ServiceUnavailable',
        description: `${reason.url} cannot be had: ${reason.description}`,
      };
    case 'invalidContext':
      return badRequest(reason.description);
    case 'contextNotFound':
      return notFound('There is no such context');
    case 'unsupportedOperation':
      return { status: 422, error: 'Unprocessable', description: reason.description };
    case 'tenantNotFound':
      return notFound('The requested tenant has not been found');
    case 'entityNotFound':
      return notFound('The requested entity has not been found. Check type and id');
    case 'attributeNotFound':
      return notFound('The entity does not have such an attribute');
    case 'typeNotFound':
      return notFound('Entity type not found');
    case 'modelNotFound':
      return notFound('There is no such data model');
    case 'modelRuleNotFound':
      return notFound('The policy of data models has no such rule');
    case 'subscriptionNotFound':
      return notFound('The requested subscription has not been found. Check id');
    case 'registrationNotFound':
      return notFound('The requested registration has not been found. Check id');
    case 'datasetNotFound':
      return notFound('The requested dataset has not been found. Check id and tenant');
    case 'datasetExists':
      return {
        status: 409,
        error: 'Conflict',
        description: 'a dataset of this id exists; ids are public, choose another',
      };
    case 'personalData':
      return {
        status: 422,
        error: 'Unprocessable',
        description: `personal data by the data model: ${listMarks(reason.marks)}. leave it out, or say in personalData.reason why it may be published`,
      };
    case 'entityExists':
    case 'subscriptionExists':
    case 'registrationExists':
      return { status: 422, error: 'Unprocessable', description: 'Already Exists' };
    case 'ambiguousEntity':
      return {
        status: 409,
        error: 'TooManyResults',
        description: 'More than one matching entity. Please refine your query',
      };
    case 'attributesMissing':
      return unprocessable(reason.written, `do not exist: ${listAttributes(reason.missing)}`);
    case 'attributesExist':
      return unprocessable(
        reason.written,
        `one or more of the attributes in the request already exist: ${listAttributes(reason.existing)}`,
      );
    case 'entitiesNotFound': {
      const description = `do not exist: ${listAttributes(reason.missing.map((entity) => ({ entity })))}`;
      return reason.written ? unprocessable(true, description) : notFound(description);
    }
    case 'tooManyLocations':
      return {
        status: 413,
        error: 'NoResourcesAvailable',
        description:
          'You cannot use more than one geo location attribute when creating an entity [see Orion user manual]',
      };
    case 'operatorMismatch': {
      const what = reason.member === undefined ? `its ${reason.where}` : `${reason.member} of its ${reason.where}`;
      return internal(
        `${reason.operator} does not fit attribute ${reason.attribute}: ${what} is of kind ${reason.found}`,
      );
    }
    case 'modelViolated':
      return wordViolations(reason);
    case 'forwardingFailed':
      return wordForwarding(reason);
    case 'batchRefused':
      return wordBatch(reason);
    case 'unsupportedQuery':
      return { status: 422, error: 'NotSupportedQuery', description: reason.description };
    case 'queryTimeout':
      return {
        status: 503,
        error: 'ServiceUnavailable',
        description: `the query took longer than ${reason.limitMs} ms: narrow it down, or ask for fewer entities at once`,
      };
    case 'limitReached':
      return {
        status: 413,
        error: 'NoResourcesAvailable',
        description: `limit reached: ${reason.what}, max ${reason.limit}`,
      };
    case 'overloaded':
      return {
        status: 503,
        error: 'ServiceUnavailable',
        description: `too many ${waiting[reason.what ?? 'requests']}: try again later`,
        headers: { 'Retry-After': String(reason.retryAfterSeconds) },
      };
    case 'storeUnavailable':
      return reason.retryAfterSeconds === undefined
        ? internal(reason.description)
        : {
            status: 503,
            error: 'ServiceUnavailable',
            description: reason.description,
            headers: { 'Retry-After': String(reason.retryAfterSeconds) },
          };
  }
}

/**
 * The whole batch is named after the first entity refused; the text lists them all. One entity alone, and nothing
 * written, is the refusal of that entity.
 */
function wordBatch({ refused, written }: Extract<RefusalReason, { kind: 'batchRefused' }>): WordedRefusal {
  const [first, ...more] = refused;
  if (first !== undefined && more.length === 0 && !written) return word(first.reason);
  const violated = refused.flatMap(({ reason }) => (reason.kind === 'modelViolated' ? [reason] : []));
  const description = violated.length === 0 ? listRefused(refused).join(', ') : listViolating(refused);
  const headers = violated.length === 0 ? {} : { headers: { [violationsHeader]: renderViolationsHeader(violated) } };
  // The status of the reference implementation for what providers left undone. [V2 update operation]
  const isForwarded = refused.some(({ reason }) => reason.kind === 'forwardingFailed');
  if (written && isForwarded) return { status: 404, error: 'PartialUpdate', description, ...headers };
  if (written || first === undefined) return { ...unprocessable(written, description), ...headers };
  const { status, error } = word(first.reason);
  return { status, error, description, ...headers };
}

function listRefused(refused: readonly RefusedEntity[]): readonly string[] {
  return refused.map(({ entity, reason }) => `${nameOf(entity)}: ${word(reason).description}`);
}

/** Most entities whose violations are listed, and most lines for one of them. */
const maxListed = 1000;
const maxLines = 5;

/** A line for each violation, with its entity. */
function listViolating(refused: readonly RefusedEntity[]): string {
  const lines = refused.slice(0, maxListed).flatMap((item) => {
    if (item.reason.kind !== 'modelViolated') return listRefused([item]);
    return item.reason.violations.slice(0, maxLines).map((one) => `${nameOf(item.entity)}: ${renderViolation(one)}`);
  });
  if (refused.length > maxListed) lines.push(`and ${refused.length - maxListed} more entities`);
  return lines.join('\n');
}

/** A line for each violation; the header has them for programs. An extension: NGSIv2 knows no models. */
function wordViolations(reason: EntityViolations): WordedRefusal {
  return {
    ...unprocessable(false, reason.violations.map(renderViolation).join('\n')),
    headers: { [violationsHeader]: renderViolationsHeader([reason]) },
  };
}

/**
 * In part, it is a partial update, with the status of the reference implementation. As a whole, it is what the provider says of
 * it: it is not there, or not as the provider would have it; or the provider itself is not there.
 */
function wordForwarding({
  failures,
  missing,
  written,
}: Extract<RefusalReason, { kind: 'forwardingFailed' }>): WordedRefusal {
  const described = failures.map(
    ({ provider, reason, ...what }) => `${listAttributes([what])} of provider ${provider}: ${reason}`,
  );
  const description = [...described, ...(missing.length > 0 ? [`do not exist: ${listAttributes(missing)}`] : [])].join(
    ', ',
  );
  if (written) return { status: 404, error: 'PartialUpdate', description };
  if (failures.some(isOf('unreached'))) return { status: 502, error: 'BadGateway', description };
  return failures.every(isOf('unknown')) ? notFound(description) : unprocessable(false, description);
}

function isOf(kind: ForwardingFailure['kind']): (failure: ForwardingFailure) => boolean {
  return (failure) => failure.kind === kind;
}

function badRequest(description: string): WordedRefusal {
  return { status: 400, error: 'BadRequest', description };
}

function notFound(description: string): WordedRefusal {
  return { status: 404, error: 'NotFound', description };
}

function internal(description: string): WordedRefusal {
  return { status: 500, error: 'InternalServerError', description };
}

function unprocessable(written: boolean, description: string): WordedRefusal {
  return { status: 422, error: written ? 'PartialUpdate' : 'Unprocessable', description };
}

/** A scalar value exists only as text: there the reference implementation says it otherwise. None: nothing that it knows was asked for. */
function acceptable(accepted: readonly string[]): string {
  if (accepted.length === 0) return 'no acceptable mime-type in accept header';
  const types = accepted.join(', ');
  return types === 'text/plain' ? `accepted MIME types: ${types}` : `acceptable MIME types: ${types}`;
}

function listAttributes(items: readonly AttributesOfEntity[]): string {
  return items
    .map(({ entity, attributes }) => {
      const what = attributes === undefined ? '[entity itself]' : `[ ${attributes.join(', ')} ]`;
      return `${nameOf(entity)} - ${what}`;
    })
    .join(', ');
}

function listMarks(marks: ReadonlyMap<string, string>): string {
  return [...marks].map(([attribute, model]) => `${attribute} (${model})`).join(', ');
}

/** The type is named only where the request named it. */
function nameOf({ id, type }: EntityRef): string {
  return type === undefined ? id : `${id}/${type}`;
}

const waiting = {
  requests: 'requests are waiting',
  notifications: 'notifications are waiting to be delivered',
  streams: 'streams are being read',
} as const;

const escapes: ReadonlyMap<string, string> = new Map([
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['(', '&#40;'],
  [')', '&#41;'],
  ['=', '&#61;'],
  ["'", '&#39;'],
  ['"', '&quot;'],
  [';', '&#59;'],
]);

function escapeHtml(text: string): string {
  return text.replaceAll(/[<>()='";]/g, (character) => escapes.get(character) ?? character);
}
