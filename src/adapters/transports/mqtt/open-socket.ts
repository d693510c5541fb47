import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { MqttEndpoint } from '../endpoints.ts';
import type { ReceiverGuard } from '../receiver-guard.ts';

/** A connection to an MQTT broker, plain or with TLS as its URL says. Throws where the guard denies the host. */
export function openSocket({ url, tls }: MqttEndpoint, guard: ReceiverGuard | undefined): Socket {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  guard?.checkHost(host);
  const isSecure = protocol === 'mqtts:';
  const where = { host, port: Number(port) || (isSecure ? 8883 : 1883), ...(guard && { lookup: guard.lookup }) };
  return isSecure ? connectTls({ ...where, ...tls, ...(!isAddress(host) && { servername: host }) }) : connectTcp(where);
}

/** An address is no name that a certificate could be asked for. [RFC 6066 3] */
function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}
