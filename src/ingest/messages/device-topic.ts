import type { DeviceKey } from '../readings/record-payload.ts';
import { jsonResource, ultralightResource } from '../registry/service-group.ts';

/** What a topic of a device says of the messages that come under it. [IoTA JSON MQTT binding] [UL2.0 MQTT binding] */
export type DeviceTopic =
  /** Measures in the protocol of the device or, where the topic names one, in that. */
  | { readonly kind: 'measures'; readonly key: DeviceKey; readonly protocol?: DeviceProtocol }
  | { readonly kind: 'measure'; readonly key: DeviceKey; readonly name: string; readonly protocol?: DeviceProtocol }
  | { readonly kind: 'commandResult'; readonly key: DeviceKey; readonly protocol?: DeviceProtocol }
  /** The device asks for values of its entity. */
  | { readonly kind: 'configuration'; readonly key: DeviceKey };

export type DeviceProtocol = 'json' | 'ultralight';

const protocols: ReadonlyMap<string | undefined, DeviceProtocol> = new Map([
  ['json', 'json'],
  ['ul', 'ultralight'],
]);

const resources: Readonly<Record<DeviceProtocol, string>> = { json: jsonResource, ultralight: ultralightResource };

/**
 * Reads `/json/{apikey}/{deviceId}/attrs` and its like: `/ul` or no protocol in front, `attrs/{name}`, `cmdexe` or
 * `configuration/commands` at the end; the slash at the beginning may be left out. Undefined: the topic is of another kind.
 */
export function parseDeviceTopic(topic: string): DeviceTopic | undefined {
  const levels = (topic.startsWith('/') ? topic.slice(1) : topic).split('/');
  const named = protocols.get(levels[0]);
  const ofProtocol = named === undefined ? undefined : parseLevels(levels.slice(1), named);
  return ofProtocol ?? parseLevels(levels, undefined);
}

function parseLevels(levels: readonly string[], protocol: DeviceProtocol | undefined): DeviceTopic | undefined {
  const [apikey = '', deviceId = '', what, name, ...more] = levels;
  if (apikey === '' || deviceId === '' || more.length > 0) return undefined;
  const key = { apikey, deviceId, ...(protocol !== undefined && { resource: resources[protocol] }) };
  const said = { key, ...(protocol !== undefined && { protocol }) };
  if (what === 'attrs' && name === undefined) return { kind: 'measures', ...said };
  if (what === 'attrs' && name !== undefined && name !== '') return { kind: 'measure', ...said, name };
  if (what === 'cmdexe' && name === undefined) return { kind: 'commandResult', ...said };
  if (what === 'configuration' && name === 'commands') return { kind: 'configuration', key };
  return undefined;
}

/** Topics under which measures, results and requests of devices come, as filters. */
export const deviceTopicFilters: readonly string[] = ['', 'json/', 'ul/'].flatMap((protocol) =>
  ['', '/'].flatMap((slash) =>
    ['attrs', 'attrs/+', 'cmdexe', 'configuration/commands'].map((end) => `${slash}${protocol}+/+/${end}`),
  ),
);

/** What a device is sent: its commands, what it is asked for, and the values that it asked for. */
const southbound: ReadonlySet<string> = new Set(['cmd', 'read', 'configuration/values']);

/** The device that listens to a topic or a filter, where it is one of what devices are sent; `#` and `+` stand for all of it. */
export function listenerOf(filter: string): DeviceKey | undefined {
  const [apikey = '', deviceId = '', ...rest] = (filter.startsWith('/') ? filter.slice(1) : filter).split('/');
  if (!isName(apikey) || !isName(deviceId)) return undefined;
  const what = rest.join('/');
  return southbound.has(what) || what === '#' || what === '+' ? { apikey, deviceId } : undefined;
}

function isName(level: string): boolean {
  return level !== '' && !/[+#]/.test(level);
}
