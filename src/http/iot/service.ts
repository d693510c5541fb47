import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JsonValue } from '../../core/json.ts';
import { parseServicePath, parseTenant } from '../../dialects/ngsiv2/request-headers.ts';
import { wrongSyntax } from '../../ingest/iot-refusal.ts';
import type { ProvisioningScope } from '../../ingest/provisioning/provisioning-scope.ts';
import type { Availability } from '../availability.ts';
import { sendJson } from '../json-reply.ts';
import { rawQueryOf } from '../request-query.ts';

/** What the routes of devices work with. */
export interface IotService {
  readonly availability: Availability;
}

/** Whose groups and devices the request is about; without headers the default tenant and the root. */
export function provisioningScope({ headers }: FastifyRequest): ProvisioningScope {
  const given = headers['fiware-servicepath'];
  const everyPath = given === '/*';
  const { scope = '/' } = parseServicePath(everyPath ? '/' : Array.isArray(given) ? given.join(',') : given, 'update');
  const tenant = headers['fiware-service'];
  return { tenant: parseTenant(Array.isArray(tenant) ? tenant.join(',') : tenant), path: scope, everyPath };
}

/** The parameters behind the `?`. Devices put whole payloads there, so any character goes. */
export function parametersOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(rawQueryOf(request));
}

/** Agents answer what has no content with an empty object. */
export function sendNothing(reply: FastifyReply, status: number): FastifyReply {
  return sendValue(reply.code(status), {});
}

export function sendValue(reply: FastifyReply, value: JsonValue): FastifyReply {
  return sendJson(reply, JSON.stringify(value));
}

/** A parameter that is a whole number; refuses with `wrongSyntax`. */
export function numberIn(parameters: URLSearchParams, name: string, preset: number, most: number): number {
  const text = parameters.get(name);
  if (text === null) return preset;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  throw wrongSyntax(`${name} must be a whole number, at most ${most}`);
}
