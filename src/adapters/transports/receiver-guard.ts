import { lookup as resolveName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Ranges that no receiver of the public has: own network, this machine, links, multicast, and what leads to those in IPv6. */
export const privateRanges: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/** The address of a receiver is one that may not be sent to. */
export class DeniedAddressError extends Error {
  readonly code = 'EDENIED';

  constructor(host: string) {
    super(`${host} has no address that may be sent to`);
    this.name = 'DeniedAddressError';
  }
}

/**
 * Keeps messages from addresses that they must not reach, whatever name led there: it looks at what names resolve to, at the
 * moment of connecting, so that a name that changes its mind between two look-ups gains nothing.
 */
export class ReceiverGuard {
  readonly #denied: BlockList;
  readonly #allowed: BlockList;
  readonly #deniesNone: boolean;

  /** Ranges as `10.0.0.0/8` or single addresses; what is both denied and allowed is allowed. Throws for a text that is neither. */
  constructor(denied: readonly string[], allowed: readonly string[] = []) {
    this.#denied = blockListOf(denied);
    this.#allowed = blockListOf(allowed);
    this.#deniesNone = denied.length === 0;
  }

  /** Tells whether an IP address may be sent to. */
  permits(address: string): boolean {
    if (this.#deniesNone) return true;
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    return !this.#denied.check(address, family) || this.#allowed.check(address, family);
  }

  /** Throws a `DeniedAddressError` for a host that is an address and may not be sent to: nobody looks those up. */
  checkHost(host: string): void {
    const address = host.replace(/^\[|\]$/g, '');
    if (isIP(address) !== 0 && !this.permits(address)) throw new DeniedAddressError(host);
  }

  /** As `dns.lookup`, without the addresses that may not be sent to. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const permitted = addresses.filter(({ address }) => this.permits(address));
      const [first] = permitted;
      if (first === undefined) callback(new DeniedAddressError(hostname), '');
      else if (options.all === true) callback(null, permitted);
      else callback(null, first.address, first.family);
    });
  };
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', length] = range.split('/');
    const version = isIP(address);
    const bits = length === undefined ? (version === 6 ? 128 : 32) : Number(length);
    const isRange = version !== 0 && Number.isInteger(bits) && bits >= 0 && bits <= (version === 6 ? 128 : 32);
    if (!isRange || length === '') throw new Error(`${range} is neither an IP address nor a range of them`);
    list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
