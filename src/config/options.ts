import type { OptionKind } from './option-kinds.ts';
import {
  addressRanges,
  oneOf,
  onOrOff,
  origin,
  publicUrl,
  storePlace,
  text,
  token,
  wholeNumber,
} from './option-kinds.ts';

/** One thing an operator can set: a variable, a flag and a line of the documentation. */
export interface ConfigOption<Value> {
  readonly kind: OptionKind<Value>;
  readonly default: Value;
  /** A sentence without its full stop, for help and documentation. */
  readonly describes: string;
}

function option<Value>(kind: OptionKind<Value>, preset: NoInfer<Value>, describes: string): ConfigOption<Value> {
  return { kind, default: preset, describes };
}

const maxInt = 2 ** 31 - 1;

/**
 * Everything that can be configured. Parsing, `oriel start --help` and docs/configuration.md follow this table.
 *
 * `host` is set by the variable `ORIEL_HOST` or the flag `--host`, `maxBodyBytes` by `ORIEL_MAX_BODY_BYTES` or
 * `--max-body-bytes`, and so on; a flag wins over its variable.
 */
export const options = {
  host: option(text('address', 'an address or host name'), '127.0.0.1', 'Address to listen on; 0.0.0.0 for every one'),
  port: option(wholeNumber(0, 65_535), 1026, 'Port to listen on; 0 takes a free one'),
  data: option(text('directory', 'a directory'), './data', 'Directory that keeps the data; made if it is not there'),
  store: option(
    storePlace('embedded', 'memory'),
    'embedded',
    'Where entities are kept: `embedded` on disk in the data directory, `memory` until the process ends, or in the MongoDB of a connection string',
  ),
  workers: option(
    wholeNumber(1, 64),
    1,
    'Processes that answer on the port, as many as there are processor cores for them; each has the memory of a whole broker',
  ),
  logLevel: option(
    oneOf('level', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'info',
    'What is logged; `debug` logs a line for every request',
  ),
  corsOrigin: option(origin, 'none', 'Origin whose web pages may call the API from a browser'),
  admin: option(
    onOrOff,
    false,
    'Whether `/admin` is served: dead letters, deliveries and datasets, to everyone who can connect',
  ),
  openData: option(
    onOrOff,
    true,
    'Whether published datasets are served: catalogue, downloads, DCAT, CKAN and OGC API – Features',
  ),
  publicUrl: option(
    publicUrl,
    'none',
    'Where the public reaches the broker: what all URLs and URIs of the catalogue begin with; without it, where the request came to',
  ),
  openDataRequestsPerMinute: option(
    wholeNumber(1, maxInt),
    600,
    'Requests one client may make to the open data routes a minute, where a dataset does not say; further ones get 429',
  ),
  exportsMb: option(
    wholeNumber(0, 1_048_576, 'MB'),
    1024,
    'Disk space for downloads of live datasets that are kept for the next who asks, in MB',
  ),
  snapshots: option(
    text('directory', 'a directory, or data'),
    'data',
    'Directory that keeps the dated snapshots of datasets; brokers that share their data share it; `data` is one in the data directory',
  ),
  trustProxy: option(
    onOrOff,
    false,
    'Whether a proxy stands before the broker, whose X-Forwarded-* headers say who the client is and how it came',
  ),
  maxBodyBytes: option(wholeNumber(1024, maxInt, 'bytes'), 1_048_576, 'Largest request body; a larger one gets 413'),
  strictContentLength: option(
    onOrOff,
    true,
    'A body without Content-Length (chunked) gets 411, as the reference implementation answers; off accepts it',
  ),
  textRestricted: option(
    onOrOff,
    true,
    'The characters `< > " \' = ; ( )` are refused in names and text values, as the reference implementation does',
  ),
  maxBatchEntities: option(wholeNumber(1, maxInt), 20_000, 'Most entities in one batch update or notification'),
  maxAttributes: option(wholeNumber(1, maxInt), 10_000, 'Most attributes an entity may have'),
  locationsPerEntity: option(
    wholeNumber(1, 1000),
    1,
    'Geo attributes an entity may have that geo queries look at; 1 as the reference implementation has it',
  ),
  maxTenants: option(wholeNumber(1, maxInt), 1000, 'Most tenants (values of Fiware-Service) that may come to be'),
  maxTypes: option(wholeNumber(1, maxInt), 10_000, 'Most entity types a tenant may have at a time'),
  maxPendingWrites: option(
    wholeNumber(1, maxInt),
    10_000,
    'Most writes a tenant holds on their way to the disk; further ones get 503 with Retry-After',
  ),
  maxSubscriptions: option(wholeNumber(1, maxInt), 100_000, 'Most subscriptions a tenant may have'),
  maxRegistrations: option(wholeNumber(1, maxInt), 100_000, 'Most registrations a tenant may have'),
  hostAlias: option(
    token('name'),
    'auto',
    'How this broker calls itself to those that it forwards requests to, so that it knows requests that come back; `auto`: a name of its own',
  ),
  forwardingTimeoutMs: option(
    wholeNumber(1, 1_800_000, 'ms'),
    5000,
    'How long a provider may take to answer a forwarded request, in milliseconds, where its registration does not say',
  ),
  forwardingConcurrency: option(
    wholeNumber(1, 10_000),
    32,
    'Most requests on their way to one provider (scheme, host and port) at the same time',
  ),
  forwardingMaxHops: option(
    wholeNumber(0, 100),
    8,
    'Most brokers that a request may have passed (Via) and still be forwarded; 0 forwards nothing that passed any',
  ),
  forwardingMaxEntities: option(
    wholeNumber(1, 1_000_000),
    10_000,
    'Most entities of one provider that are looked at for one answer',
  ),
  forwardAppends: option(
    onOrOff,
    true,
    'Whether attributes that a provider owns go to it also where a request creates them; off keeps them here, as the reference implementation does',
  ),
  maxOwed: option(
    wholeNumber(1, maxInt),
    1_000_000,
    'Most notifications a tenant may owe, dead letters included; updates that would owe more get 503 with Retry-After',
  ),
  notificationTimeoutMs: option(
    wholeNumber(1, 1_800_000, 'ms'),
    5000,
    'How long the receiver of a notification may take to answer, in milliseconds, where the subscription does not say',
  ),
  notificationMaxAgeSeconds: option(
    wholeNumber(1, maxInt, 'seconds'),
    86_400,
    'How long a notification is tried again that could not be delivered, before it becomes a dead letter, in seconds',
  ),
  notificationConcurrency: option(
    wholeNumber(1, 10_000),
    32,
    'Most notifications on their way to one endpoint (scheme, host and port) at the same time',
  ),
  notificationDeny: option(
    addressRanges('none', 'private'),
    'none',
    'Addresses that notifications may not be sent to, nor contexts fetched from, looked at after names are resolved; `private`: every private, local and link-local one',
  ),
  notificationAllow: option(
    addressRanges('none'),
    'none',
    'Addresses that notifications may be sent to although they are denied',
  ),
  leaseSeconds: option(
    wholeNumber(1, 3600, 'seconds'),
    10,
    'MongoDB: how long after a broker has died others begin to send what it was to send, in seconds',
  ),
  readStalenessMs: option(
    wholeNumber(0, 60_000, 'ms'),
    1000,
    'MongoDB: how old an entity retrieved by its id may be where another broker has changed it, in milliseconds; 0: never older than acknowledged',
  ),
  maxStreams: option(
    wholeNumber(0, maxInt),
    1000,
    'Most clients that read streams of subscriptions at the same time; further ones get 503',
  ),
  maxDevices: option(
    wholeNumber(1, maxInt),
    100_000,
    'Most devices a tenant may have, those that come by themselves included',
  ),
  maxServiceGroups: option(wholeNumber(1, maxInt), 10_000, 'Most service groups a tenant may have'),
  maxFutureSeconds: option(
    wholeNumber(0, maxInt, 'seconds'),
    86_400,
    'How far in the future a reading may be observed, in seconds; a later one is refused: the clock of its device is wrong',
  ),
  maxRefusedReadings: option(
    wholeNumber(0, 100_000),
    1000,
    'Most refused readings that are kept of a tenant, to be looked at; the oldest make room',
  ),
  deviceMessagesPerSecond: option(
    wholeNumber(0, 100_000),
    50,
    'Messages a second that a device may send, and twice as many at once; one that sends more is slowed. 0 is without limit',
  ),
  lazyTimeoutMs: option(
    wholeNumber(1, 60_000, 'ms'),
    3000,
    'How long a query waits for a device that is asked for its lazy attributes, in milliseconds',
  ),
  mqtt: option(onOrOff, false, 'Whether an MQTT broker for devices runs in the process'),
  mqttPort: option(
    wholeNumber(0, 65_535),
    1883,
    'Port that the MQTT broker for devices listens on, on the address of `ORIEL_HOST`; 0 takes a free one',
  ),
  mqttPlain: option(onOrOff, true, 'Whether the MQTT broker for devices takes connections without TLS'),
  mqttTlsPort: option(
    wholeNumber(0, 65_535),
    8883,
    'Port that the MQTT broker for devices listens on with TLS, where there is a certificate; 0 takes a free one',
  ),
  mqttCert: option(text('file', 'a PEM file, or none'), 'none', 'Certificate of the MQTT broker for devices'),
  mqttKey: option(text('file', 'a PEM file, or none'), 'none', 'Key of that certificate'),
  mqttCa: option(
    text('file', 'a PEM file, or none'),
    'none',
    'Authority whose certificates devices may log in with, in place of a password',
  ),
  mqttAccess: option(
    oneOf('access', ['login', 'open']),
    'login',
    'Who may connect to the MQTT broker for devices: `login` takes users of the file, and devices with their id as user and their API key as password; `open` takes anybody, who may send for, and listen as, the devices whose API key they know',
  ),
  mqttUsers: option(
    text('file', 'a JSON file, or none'),
    'none',
    'File of the users of the MQTT broker for devices: gateways and applications, with their passwords and topics',
  ),
  mqttMaxClients: option(wholeNumber(1, maxInt), 10_000, 'Most connections to the MQTT broker for devices'),
  mqttMaxPacketBytes: option(
    wholeNumber(256, 268_435_455, 'bytes'),
    262_144,
    'Largest MQTT packet of a device; a connection that sends a larger one is ended',
  ),
  mqttMaxWaiting: option(
    wholeNumber(1, 1_000_000),
    5000,
    'Most messages of devices over MQTT that wait to be stored, of all connections; while there are as many no more are read, and senders wait',
  ),
  mqttBroker: option(
    text('endpoint', 'an endpoint of ORIEL_ENDPOINTS, or none'),
    'none',
    'Endpoint of another MQTT broker that devices publish to, of which Oriel is a client',
  ),
  mqttClientId: option(
    text('id', 'a client id'),
    'oriel',
    'Client id at that broker, which keeps messages for it while Oriel is down; every Oriel needs one of its own',
  ),
  mqttShare: option(
    text('group', 'a name, or none'),
    'none',
    'Group of Oriels that share the messages of that broker, each being stored by one of them',
  ),
  endpoints: option(
    text('file', 'a JSON file, or none'),
    'none',
    'File of the endpoints that subscriptions may name instead of a URL, with their secrets',
  ),
  contexts: option(
    text('path', 'a directory or a JSON file, or none'),
    'none',
    'JSON-LD contexts that are kept here and never fetched: a file that maps URLs to files, or a directory of files named after their URLs',
  ),
  defaultContext: option(
    text('context', 'a URL or a JSON file, or none'),
    'none',
    'Context of NGSI-LD requests that name none, whose terms NGSIv2 speaks: a URL, or a file that maps tenants to URLs',
  ),
  maxContexts: option(
    wholeNumber(1, maxInt),
    200,
    'Most JSON-LD contexts that a tenant may host; as many again are kept of those that answers had to name, and the ones not used for longest make room',
  ),
  contextFetch: option(onOrOff, true, 'Whether JSON-LD contexts that are not kept here are fetched from the network'),
  contextTtlSeconds: option(
    wholeNumber(1, maxInt, 'seconds'),
    86_400,
    'How long the copy of a fetched context is used before it is fetched anew, in seconds, where its server does not say; it is used on where that fails',
  ),
  contextTimeoutMs: option(
    wholeNumber(1, 600_000, 'ms'),
    5000,
    'How long the fetching of a context may take, in milliseconds',
  ),
  contextMaxBytes: option(wholeNumber(1024, maxInt, 'bytes'), 2_097_152, 'Largest context that is fetched'),
  maxFilterLength: option(wholeNumber(1, maxInt, 'characters'), 16_384, 'Longest `q` or `mq`, in characters'),
  queryTimeoutMs: option(wholeNumber(1, maxInt, 'ms'), 30_000, 'Longest time one query may take, in milliseconds'),
  cacheMb: option(wholeNumber(0, 1_048_576, 'MB'), 256, 'Memory for entities kept decoded, in MB'),
  expirySweepSeconds: option(
    wholeNumber(1, 86_400, 'seconds'),
    2,
    'How often entities past their `dateExpires`, and what NGSI-LD has expire, are removed, in seconds',
  ),
  shutdownTimeoutMs: option(
    wholeNumber(0, maxInt, 'ms'),
    10_000,
    'How long a stop waits for requests under way, in milliseconds',
  ),
} as const;

export type OptionName = keyof typeof options;

type ValueOf<Option> = Option extends ConfigOption<infer Value> ? Value : never;

/** What the process runs with; every value is of its option's kind. */
export type Config = { readonly [Name in OptionName]: ValueOf<(typeof options)[Name]> };

export const optionNames = Object.keys(options) as readonly OptionName[];

/** The option as text-based code (parsing, help, documentation) sees it. */
export function optionNamed(name: OptionName): ConfigOption<unknown> {
  return options[name] as ConfigOption<unknown>;
}

/** `maxBodyBytes` → `ORIEL_MAX_BODY_BYTES`. */
export function variableOf(name: OptionName): string {
  return `ORIEL_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** `maxBodyBytes` → `--max-body-bytes`. */
export function flagOf(name: OptionName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
