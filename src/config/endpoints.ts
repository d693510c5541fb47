import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from './config.ts';

/** Addresses that the operator keeps for subscriptions, with the secrets that go with them, by name. */
export interface ConfiguredEndpoints {
  readonly http: ReadonlyMap<string, ConfiguredHttpEndpoint>;
  readonly mqtt: ReadonlyMap<string, ConfiguredMqttEndpoint>;
}

export interface ConfiguredHttpEndpoint {
  readonly url: string;
  /** User and password are among them, as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: ConfiguredTls;
}

export interface ConfiguredMqttEndpoint {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly tls?: ConfiguredTls;
  readonly protocolVersion?: 4 | 5;
}

/** PEM texts. */
export interface ConfiguredTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads the file of endpoints, a JSON object: name → `url`, and what goes with it: `headers` (HTTP only), `user` with `password`,
 * `protocolVersion` (MQTT only), and for TLS the files `ca`, `cert` and `key`, relative to this one. `none` is no file.
 *
 * Throws a `ConfigError` with every problem at once; none of them shows a secret.
 */
export function readEndpoints(path: string): ConfiguredEndpoints {
  const http = new Map<string, ConfiguredHttpEndpoint>();
  const mqtt = new Map<string, ConfiguredMqttEndpoint>();
  if (path === 'none') return { http, mqtt };
  const problems: string[] = [];
  for (const [name, description] of Object.entries(readFile(path))) {
    const reader = new EndpointReader(`${path}, endpoint ${JSON.stringify(name)}`, path, problems);
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name)) {
      reader.complain('a name has 1 to 64 characters: letters, digits, hyphens, underscores and dots');
      continue;
    }
    const endpoint = reader.read(description);
    if (endpoint?.protocol === 'http') http.set(name, endpoint.http);
    if (endpoint?.protocol === 'mqtt') mqtt.set(name, endpoint.mqtt);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { http, mqtt };
}

function readFile(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`ORIEL_ENDPOINTS names ${path}, which cannot be read: ${codeOf(error)}`]);
  }
  try {
    const endpoints: unknown = JSON.parse(text);
    if (isObject(endpoints)) return endpoints;
  } catch {
    // What is no JSON is no object either. The parser's message is not shown: it quotes the file.
  }
  throw new ConfigError([`ORIEL_ENDPOINTS names ${path}, which must hold a JSON object: endpoints by name`]);
}

type Endpoint =
  | { readonly protocol: 'http'; readonly http: ConfiguredHttpEndpoint }
  | { readonly protocol: 'mqtt'; readonly mqtt: ConfiguredMqttEndpoint };

const members = ['url', 'headers', 'user', 'password', 'protocolVersion', 'ca', 'cert', 'key'];

/** Reads one endpoint, and goes on after a problem to find the others. */
class EndpointReader {
  readonly #place: string;
  readonly #path: string;
  readonly #problems: string[];

  constructor(place: string, path: string, problems: string[]) {
    this.#place = place;
    this.#path = path;
    this.#problems = problems;
  }

  complain(problem: string): void {
    this.#problems.push(`${this.#place}: ${problem}`);
  }

  read(description: unknown): Endpoint | undefined {
    if (!isObject(description)) {
      this.complain('it must be an object with a url');
      return undefined;
    }
    for (const member of Object.keys(description)) {
      if (!members.includes(member)) this.complain(`${member} is unknown; there are ${members.join(', ')}`);
    }
    const url = this.#url(description.url);
    const user = this.#text(description, 'user');
    const password = this.#text(description, 'password');
    if ((user === undefined) !== (password === undefined)) this.complain('user and password go together');
    const tls = this.#tls(description, url);
    if (url === undefined) return undefined;
    const login = user === undefined || password === undefined ? undefined : { user, password };
    const shared = { url: url.href, ...(tls !== undefined && { tls }) };
    if (url.protocol.startsWith('mqtt')) {
      if (description.headers !== undefined) this.complain('headers are for http');
      const protocolVersion = this.#protocolVersion(description);
      return { protocol: 'mqtt', mqtt: { ...shared, ...login, ...(protocolVersion && { protocolVersion }) } };
    }
    if (description.protocolVersion !== undefined) this.complain('protocolVersion is for mqtt');
    const headers = this.#headers(description.headers, login);
    return { protocol: 'http', http: { ...shared, ...(headers !== undefined && { headers }) } };
  }

  #url(text: unknown): URL | undefined {
    const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^(https?|mqtts?):$/.test(url.protocol) || url.host === '') {
      this.complain('url must be an absolute URL of http, https, mqtt or mqtts');
      return undefined;
    }
    if (url.username !== '' || url.password !== '')
      this.complain('the url must not have a user: name it as user and password');
    const isMqtt = url.protocol.startsWith('mqtt');
    if (isMqtt && url.pathname.length > 1) this.complain('an mqtt url has no path: the topic is in the subscription');
    return url;
  }

  #text(description: Members, member: string): string | undefined {
    const value = description[member];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    this.complain(`${member} must be a text`);
    return undefined;
  }

  #protocolVersion({ protocolVersion }: Members): 4 | 5 | undefined {
    if (protocolVersion === undefined || protocolVersion === 4 || protocolVersion === 5) return protocolVersion;
    this.complain('protocolVersion must be 4, which is MQTT 3.1.1, or 5');
    return undefined;
  }

  #headers(
    given: unknown,
    login: { readonly user: string; readonly password: string } | undefined,
  ): Readonly<Record<string, string>> | undefined {
    const headers: Record<string, string> = {};
    if (given !== undefined && !isObject(given)) this.complain('headers must be an object: texts by name');
    for (const [name, value] of Object.entries(isObject(given) ? given : {})) {
      // A token, and no controls. [RFC 9110 5.5]
      if (!/^[!#$%&'*+.^_`|~A-Za-z0-9-]+$/.test(name)) this.complain(`${JSON.stringify(name)} is no name of a header`);
      else if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
        this.complain(`header ${name} must be a text of printable characters`);
      } else headers[name.toLowerCase()] = value;
    }
    if (login !== undefined) {
      if (headers.authorization !== undefined) this.complain('either user and password or the header Authorization');
      headers.authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    }
    return Object.keys(headers).length === 0 ? undefined : headers;
  }

  #tls(description: Members, url: URL | undefined): ConfiguredTls | undefined {
    const ca = this.#pem(description, 'ca');
    const cert = this.#pem(description, 'cert');
    const key = this.#pem(description, 'key');
    if ((description.cert === undefined) !== (description.key === undefined)) this.complain('cert and key go together');
    if (ca === undefined && cert === undefined && key === undefined) return undefined;
    if (url !== undefined && !/^(https|mqtts):$/.test(url.protocol)) {
      this.complain('ca, cert and key are for https and mqtts');
    }
    return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
  }

  #pem(description: Members, member: string): string | undefined {
    const file = this.#text(description, member);
    if (file === undefined) return undefined;
    try {
      const pem = readFileSync(resolve(dirname(this.#path), file), 'utf8');
      if (pem.includes('-----BEGIN ')) return pem;
      this.complain(`${member} names ${file}, which is no PEM file`);
    } catch (error) {
      this.complain(`${member} names ${file}, which cannot be read: ${codeOf(error)}`);
    }
    return undefined;
  }
}

type Members = { readonly [member: string]: unknown };

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
