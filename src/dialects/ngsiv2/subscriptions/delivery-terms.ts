import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type {
  CustomBody,
  Delivery,
  DeliveryTarget,
  EntityPatch,
  HttpDelivery,
  MqttDelivery,
} from '../../../core/subscription/delivery.ts';
import { lastPriority } from './parse-entity-patch.ts';
import type {
  CustomBodyDocument,
  DeliveryDocument,
  HttpCustomDocument,
  HttpDocument,
  MqttDocument,
  TargetDocument,
} from './subscription-document.ts';

/** How a document says that notifications are delivered. [V2 subscription notification] */
export function readDelivery({ http, httpCustom, mqtt, mqttCustom }: DeliveryDocument): Delivery {
  if (http !== undefined) return readHttp(http);
  if (httpCustom !== undefined) return readHttpCustom(httpCustom);
  if (mqtt !== undefined) return readMqtt(mqtt);
  if (mqttCustom !== undefined) return { ...readMqtt(mqttCustom), custom: { body: readBody(mqttCustom) } };
  return { kind: 'stream' };
}

function readHttp(http: HttpDocument): HttpDelivery {
  return {
    kind: 'http',
    target: readTarget(http),
    ...(http.timeout !== undefined && { timeoutMs: http.timeout }),
  };
}

function readHttpCustom(http: HttpCustomDocument): HttpDelivery {
  const { method, headers = {}, qs = {} } = http;
  return {
    ...readHttp(http),
    custom: {
      ...(method !== undefined && { method }),
      headers: new Map(Object.entries(headers)),
      query: new Map(Object.entries(qs)),
      body: readBody(http),
    },
  };
}

function readMqtt(mqtt: MqttDocument): MqttDelivery {
  const { topic, qos, retain, user, passwd } = mqtt;
  return {
    kind: 'mqtt',
    target: readTarget(mqtt),
    topic,
    qos,
    retain,
    ...(user !== undefined && passwd !== undefined && { credentials: { user, password: passwd } }),
  };
}

/** An address, or the name of an endpoint. */
export function readTarget({ url = '', endpoint }: TargetDocument): DeliveryTarget {
  return endpoint === undefined ? { kind: 'url', url } : { kind: 'endpoint', name: endpoint };
}

function readBody({ payload, json, ngsi }: CustomBodyDocument): CustomBody {
  if (json !== undefined) return { kind: 'json', template: json };
  if (ngsi !== undefined) return { kind: 'patch', patch: readPatch(ngsi) };
  if (payload === undefined) return { kind: 'default' };
  return payload === null ? { kind: 'none' } : { kind: 'text', template: payload };
}

/** An empty patch changes nothing, but its notification is that of a patch. */
function readPatch({ id, type, ...attributes }: JsonObject): EntityPatch {
  const prioritised = Object.entries(attributes).map(([name, attribute]) => readAttribute(name, attribute));
  return {
    ...(typeof id === 'string' && { id }),
    ...(typeof type === 'string' && { type }),
    attributes: prioritised.sort((a, b) => a.priority - b.priority).map(({ attribute }) => attribute),
  };
}

function readAttribute(name: string, body: JsonValue) {
  const { type = '', value = null, metadata = {} } = isJsonObject(body) ? body : {};
  const evalPriority = isJsonObject(metadata) ? metadata.evalPriority : undefined;
  const priority = isJsonObject(evalPriority) ? Number(evalPriority.value) : lastPriority;
  return { attribute: { name, declaredType: String(type), value }, priority };
}
