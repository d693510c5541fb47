import { createHash, timingSafeEqual } from 'node:crypto';
import type { MessageAccess, MessageCredentials, MessageLogin } from '../../ports/message-link.ts';
import { listenerOf, parseDeviceTopic } from '../messages/device-topic.ts';
import { answers } from '../messages/ngsi-message.ts';
import type { DeviceKey } from '../readings/record-payload.ts';
import type { DeviceRegistry } from '../registry/device-registry.ts';
import { filterCovers } from './topic-filter.ts';

/** A login that the operator keeps: of a gateway, of a network server, of an application. */
export interface MqttUser {
  /** Absent: its certificate alone lets it in. */
  readonly password?: string;
  /** Topic filters. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * Who may publish and subscribe to what.
 *
 * A user of the operator may what its filters cover. A device logs in with its id as user and its API key as password, or with
 * a certificate that has its id as common name, and may send and hear what is its own. With `isOpen` everybody else may
 * connect too, send what devices send, and hear what is for one device: whoever knows its API key.
 */
export class DeviceAccess implements MessageAccess {
  readonly #registry: DeviceRegistry;
  readonly #users: ReadonlyMap<string, MqttUser>;
  readonly #isOpen: boolean;

  constructor(registry: DeviceRegistry, users: ReadonlyMap<string, MqttUser>, isOpen: boolean) {
    this.#registry = registry;
    this.#users = users;
    this.#isOpen = isOpen;
  }

  login(credentials: MessageCredentials): MessageLogin | undefined {
    return this.#byCertificate(credentials) ?? this.#byPassword(credentials) ?? this.#anyone(credentials);
  }

  #byCertificate({ certificateName }: MessageCredentials): MessageLogin | undefined {
    if (certificateName === undefined) return undefined;
    const user = this.#users.get(certificateName);
    if (user !== undefined) return loginOfUser(certificateName, user);
    // A certificate names one device or none: of two tenants with such a device neither is meant.
    const [device, ...others] = this.#registry.devicesNamed(certificateName);
    if (device === undefined || others.length > 0) return undefined;
    const apikey = device.apikey ?? this.#registry.groupOf(device)?.apikey;
    return apikey === undefined ? undefined : loginOfDevice({ apikey, deviceId: device.deviceId });
  }

  #byPassword({ user, password }: MessageCredentials): MessageLogin | undefined {
    if (user === undefined || password === undefined) return undefined;
    const known = this.#users.get(user);
    if (known !== undefined) {
      return known.password !== undefined && isSame(known.password, password) ? loginOfUser(user, known) : undefined;
    }
    const { device, group } = this.#registry.identify(password, user);
    const mayCome = device !== undefined || group?.autoprovision === true;
    return mayCome ? loginOfDevice({ apikey: password, deviceId: user }) : undefined;
  }

  #anyone({ clientId, user }: MessageCredentials): MessageLogin | undefined {
    // Who takes the name of a user has to have the password.
    if (!this.#isOpen || (user !== undefined && this.#users.has(user))) return undefined;
    return {
      name: clientId,
      mayPublish: (topic) => !topic.startsWith('$'),
      maySubscribe: (filter) => listenerOf(filter) !== undefined || filterCovers(`${answers}#`, filter),
    };
  }
}

function loginOfUser(name: string, { publish, subscribe }: MqttUser): MessageLogin {
  return {
    name,
    mayPublish: (topic) => publish.some((filter) => filterCovers(filter, topic)),
    maySubscribe: (wanted) => subscribe.some((filter) => filterCovers(filter, wanted)),
  };
}

function loginOfDevice({ apikey, deviceId }: DeviceKey): MessageLogin {
  const isOwn = (key: DeviceKey | undefined) => key?.apikey === apikey && key.deviceId === deviceId;
  return {
    name: deviceId,
    device: deviceId,
    mayPublish: (topic) => isOwn(parseDeviceTopic(topic)?.key),
    maySubscribe: (filter) => isOwn(listenerOf(filter)),
  };
}

/** In a time that tells nothing of where they differ. */
function isSame(expected: string, given: string): boolean {
  return timingSafeEqual(digest(expected), digest(given));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
