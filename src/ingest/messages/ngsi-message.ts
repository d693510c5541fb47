import { writeEntities } from '../../broker/federation/write-entity.ts';
import { Refusal } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { RequestScope } from '../../core/scope.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseUpdateOperation } from '../../dialects/ngsiv2/parse-batch.ts';
import { parseServicePath, parseTenant } from '../../dialects/ngsiv2/request-headers.ts';
import { wordRefusal } from '../../dialects/ngsiv2/word-refusal.ts';
import type { DeviceMessage } from '../../ports/message-link.ts';
import type { Ingest } from '../ingest.ts';
import { isOfTheMoment } from '../refused/refuse-reading.ts';
import { listenerOf } from './device-topic.ts';

/** Where gateways publish entities: `ngsiv2/{tenant}/{service path}`, with `-` for the default tenant. */
export const ngsiTopicFilter = 'ngsiv2/#';
const requests = 'ngsiv2/';
/** Where they are answered who name no other topic. */
export const answers = 'ngsiv2-answers/';

export function isNgsiTopic(topic: string): boolean {
  return topic.startsWith(requests);
}

/**
 * Takes what a gateway publishes in NGSIv2: an entity, an array of entities, or a batch `{"actionType", "entities"}` with `options`
 * and `requestId`, which the answer repeats. Entities alone are appended. Resolves once it is stored, or refused, and answered
 * with the status and the error that HTTP would have given. [V2 update operation]
 */
export async function takeNgsiMessage(ingest: Ingest, message: DeviceMessage): Promise<void> {
  let requestId: JsonValue | undefined;
  let answer: JsonObject;
  try {
    const scope = scopeOf(message.topic, ingest);
    const body = parseJson(Buffer.from(message.payload).toString('utf8'));
    const batch = batchOf(body);
    requestId = batch.requestId;
    const options = parseOptions(new Map(typeof batch.options === 'string' ? [['options', batch.options]] : []));
    const { action, drafts } = parseUpdateOperation(batch.update, options, ingest.rules.text);
    await writeEntities(ingest.broker, scope, action, drafts, {
      overrideMetadata: options.has('overrideMetadata'),
      forced: options.has('forcedUpdate'),
    });
    answer = { status: 204 };
  } catch (error) {
    if (!(error instanceof Refusal) || isOfTheMoment(error)) throw error;
    const { status, error: name, description } = wordRefusal(error.reason);
    answer = { status, error: name, description };
  }
  const payload = JSON.stringify({ ...(requestId !== undefined && { requestId }), ...answer });
  await answerTo(ingest, message, payload);
}

/** Nobody is told what they may not be: a topic that devices listen to is none for answers. An answer that cannot be given is logged. */
async function answerTo({ links, strangers }: Ingest, { topic, reply }: DeviceMessage, payload: string): Promise<void> {
  const wanted = reply?.topic;
  const isFit = wanted !== undefined && listenerOf(wanted) === undefined && !wanted.startsWith(requests);
  const to = isFit ? wanted : `${answers}${topic.slice(requests.length)}`;
  try {
    const { correlationData } = reply ?? {};
    await links.publish({ topic: to, payload, qos: 1, retain: false, ...(correlationData && { correlationData }) });
  } catch (error) {
    strangers.warn({ err: error, topic: to }, 'a gateway could not be answered');
  }
}

function scopeOf(topic: string, { broker }: Ingest): RequestScope {
  const [, tenant = '', ...path] = topic.split('/');
  const { scopes, scope } = parseServicePath(`/${path.join('/')}`, 'update');
  return { tenant: parseTenant(tenant === '-' ? '' : tenant), scopes, scope, correlator: broker.random.newId() };
}

interface Batch {
  readonly update: JsonObject;
  readonly options?: JsonValue;
  readonly requestId?: JsonValue;
}

function batchOf(body: JsonValue): Batch {
  if (Array.isArray(body)) return { update: { actionType: 'append', entities: body } };
  if (!isJsonObject(body) || !('entities' in body)) return { update: { actionType: 'append', entities: [body] } };
  const { options, requestId, ...update } = body;
  return {
    update: { actionType: 'append', ...update },
    ...(options !== undefined && { options }),
    ...(requestId !== undefined && { requestId }),
  };
}
