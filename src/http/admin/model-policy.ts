import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { removePolicyRule, setPolicyRule } from '../../broker/models/set-policy-rule.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { type PolicyRule, type Severity, severities } from '../../core/model/model-policy.ts';
import { parseJson } from '../../core/parse-json.ts';
import { everyScope, type ScopePattern } from '../../core/scope.ts';
import { parseServicePath } from '../../dialects/ngsiv2/request-headers.ts';
import type { Availability } from '../availability.ts';
import { sendJson } from '../json-reply.ts';
import { severitySchema } from '../models/documentation.ts';
import { jsonTypes } from '../ngsiv2/documentation.ts';
import { jsonBody } from '../request-body.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { adminTag, tenantHeader } from './documentation.ts';

interface RulePath {
  readonly ruleId: string;
}

const ruleId = {
  ruleId: Type.String({ description: 'Id of the rule: letters, digits, `_` and `-`, at most 64', examples: ['air'] }),
};

const termsSchema = Type.Object(
  {
    type: Type.Optional(Type.String({ description: 'Entity type; absent: every type that no other rule names' })),
    servicePath: Type.Optional(Type.String({ description: '`/madrid` or `/madrid/#`; absent: `/#`' })),
    mode: severitySchema,
    unknownAttributes: Type.Optional(severitySchema),
    unknownTypes: Type.Optional(severitySchema),
    version: Type.Optional(Type.String({ description: 'Version of the model; absent: the highest' })),
  },
  { examples: [{ type: 'AirQualityObserved', servicePath: '/#', mode: 'enforce', unknownAttributes: 'warn' }] },
);

/** `/admin/model-policy`: what happens to entities that are not as their data models have them. */
export function modelPolicyRoutes(app: FastifyInstance, availability: Availability): void {
  app.get(
    '/admin/model-policy',
    {
      schema: documented({
        summary: 'List the rules of the policy',
        description:
          'Of the rules that are about an entity the most special one holds: type before service path, longer path before shorter.',
        tag: adminTag,
        operationId: 'listModelPolicy',
        headers: tenantHeader,
        answers: { 200: { description: 'The rules', schema: Type.Array(termsSchema) } },
        errors: [400, 503],
      }),
    },
    (request, reply) => {
      const { rules } = availability.broker.models.of(requestScope(request, 'query').tenant);
      return sendJson(reply, JSON.stringify(rules.map(shownRule)));
    },
  );

  app.put<{ Params: RulePath }>(
    '/admin/model-policy/:ruleId',
    {
      schema: documented({
        summary: 'Set a rule of the policy',
        description:
          'In force, in every broker on the same data, for what is written from now on. `off` stores, `warn` stores with a `Warning` header and counts, `enforce` refuses.',
        tag: adminTag,
        operationId: 'setModelPolicyRule',
        path: ruleId,
        headers: tenantHeader,
        body: { types: jsonTypes, schema: termsSchema },
        answers: { 201: { description: 'Created' }, 204: { description: 'Replaced' } },
        errors: [400, 411, 413, 415, 503],
      }),
    },
    async (request, reply) => {
      const { tenant } = requestScope(request, 'query');
      const rule = parseRule(request.params.ruleId, parseJson(jsonBody(request)));
      const outcome = await setPolicyRule(availability.broker, tenant, rule);
      return reply.code(outcome === 'created' ? 201 : 204).send();
    },
  );

  app.delete<{ Params: RulePath }>(
    '/admin/model-policy/:ruleId',
    {
      schema: documented({
        summary: 'Remove a rule of the policy',
        description: 'Out of force for what is written from now on.',
        tag: adminTag,
        operationId: 'removeModelPolicyRule',
        path: ruleId,
        headers: tenantHeader,
        answers: { 204: { description: 'Removed' } },
        errors: [400, 404, 503],
      }),
    },
    async (request, reply) => {
      await removePolicyRule(availability.broker, requestScope(request, 'query').tenant, request.params.ruleId);
      return reply.code(204).send();
    },
  );
}

const members = new Set(['type', 'servicePath', 'mode', 'unknownAttributes', 'unknownTypes', 'version']);

function parseRule(id: string, body: JsonValue): PolicyRule {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw invalidRequest('a rule id has letters, digits, _ and -, at most 64');
  if (!isJsonObject(body)) throw invalidRequest('a rule is a JSON object');
  const unknown = Object.keys(body).find((name) => !members.has(name));
  if (unknown !== undefined)
    throw invalidRequest(`${unknown} is no member of a rule; there are: ${[...members].join(', ')}`);
  const { type, servicePath, mode, unknownAttributes = 'off', unknownTypes = 'off', version } = body;
  return {
    id,
    ...textMember('type', type),
    scope: parseScope(servicePath),
    mode: parseSeverity('mode', mode),
    unknownAttributes: parseSeverity('unknownAttributes', unknownAttributes),
    unknownTypes: parseSeverity('unknownTypes', unknownTypes),
    ...textMember('version', version),
  };
}

function textMember<Name extends string>(name: Name, value: JsonValue | undefined): { [_ in Name]?: string } {
  if (value === undefined) return {};
  if (typeof value !== 'string' || value === '') throw invalidRequest(`${name} must be a text`);
  return { [name]: value } as { [_ in Name]?: string };
}

function parseScope(servicePath: JsonValue | undefined): ScopePattern {
  if (servicePath === undefined) return everyScope;
  if (typeof servicePath !== 'string') throw invalidRequest('servicePath must be a text');
  const { scopes } = parseServicePath(servicePath, 'query');
  const [scope, ...others] = scopes;
  if (scope === undefined || others.length > 0) throw invalidRequest('servicePath must be one path');
  return scope;
}

function parseSeverity(name: string, value: JsonValue | undefined): Severity {
  const found = severities.find((one) => one === value);
  if (found === undefined) throw invalidRequest(`${name} must be one of ${severities.join(', ')}`);
  return found;
}

function shownRule({ id, type, scope: { path, subtree }, ...terms }: PolicyRule) {
  const servicePath = subtree ? `${path === '/' ? '' : path}/#` : path;
  return { id, type, servicePath, ...terms };
}
