import { readFileSync } from 'node:fs';
import { ConfigError } from './config.ts';
import type { Config } from './options.ts';

/** What the MQTT broker for devices needs beside options: what lies in files. */
export interface MqttFiles {
  readonly users: ReadonlyMap<string, ConfiguredMqttUser>;
  /** PEM texts; absent: there is no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

export interface ConfiguredMqttUser {
  readonly password?: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * Reads the file of users, a JSON object: name → `password`, `publish` and `subscribe`, which are lists of topic filters; and the
 * certificate, its key and the authority of clients' certificates. `none` is no file.
 *
 * Throws a `ConfigError` with every problem at once; none of them shows a secret.
 */
export function readMqttFiles(config: Pick<Config, 'mqttUsers' | 'mqttCert' | 'mqttKey' | 'mqttCa'>): MqttFiles {
  const problems: string[] = [];
  const users = readUsers(config.mqttUsers, problems);
  const cert = readPem('ORIEL_MQTT_CERT', config.mqttCert, problems);
  const key = readPem('ORIEL_MQTT_KEY', config.mqttKey, problems);
  const ca = readPem('ORIEL_MQTT_CA', config.mqttCa, problems);
  if ((config.mqttCert === 'none') !== (config.mqttKey === 'none')) {
    problems.push('ORIEL_MQTT_CERT and ORIEL_MQTT_KEY go together');
  }
  if (config.mqttCa !== 'none' && config.mqttCert === 'none')
    problems.push('ORIEL_MQTT_CA is of use with ORIEL_MQTT_CERT');
  if (problems.length > 0) throw new ConfigError(problems);
  if (cert === undefined || key === undefined) return { users };
  return { users, tls: { cert, key, ...(ca !== undefined && { ca }) } };
}

function readUsers(path: string, problems: string[]): ReadonlyMap<string, ConfiguredMqttUser> {
  const users = new Map<string, ConfiguredMqttUser>();
  if (path === 'none') return users;
  const text = readText('ORIEL_MQTT_USERS', path, problems);
  const described = text === undefined ? undefined : objectIn(text);
  if (described === undefined) {
    if (text !== undefined)
      problems.push(`ORIEL_MQTT_USERS names ${path}, which must hold a JSON object: users by name`);
    return users;
  }
  for (const [name, user] of Object.entries(described)) {
    const complain = (problem: string) => problems.push(`${path}, user ${JSON.stringify(name)}: ${problem}`);
    if (!isObject(user)) {
      complain('it must be an object with password, publish and subscribe');
      continue;
    }
    for (const member of Object.keys(user)) {
      if (!['password', 'publish', 'subscribe'].includes(member)) complain(`${member} is not known`);
    }
    const { password } = user;
    if (password !== undefined && (typeof password !== 'string' || password === ''))
      complain('password must be a text');
    users.set(name, {
      ...(typeof password === 'string' && { password }),
      publish: filtersIn(user, 'publish', complain),
      subscribe: filtersIn(user, 'subscribe', complain),
    });
  }
  return users;
}

function filtersIn(user: Members, member: string, complain: (problem: string) => void): readonly string[] {
  const filters = user[member] ?? [];
  if (Array.isArray(filters) && filters.every((filter) => typeof filter === 'string' && isTopicFilter(filter))) {
    return filters as readonly string[];
  }
  complain(`${member} must be a list of topic filters such as "/json/KEY/#"`);
  return [];
}

/** A wildcard takes a level, `#` the last one. [MQTT-4.7.1-2] [MQTT-4.7.1-3] */
function isTopicFilter(text: string): boolean {
  const levels = text.split('/');
  const isLevel = (level: string, at: number) =>
    level === '+' || (level === '#' ? at === levels.length - 1 : !/[+#\0]/.test(level));
  return text !== '' && levels.every(isLevel);
}

function readPem(variable: string, path: string, problems: string[]): string | undefined {
  if (path === 'none') return undefined;
  const text = readText(variable, path, problems);
  if (text === undefined || text.includes('-----BEGIN ')) return text;
  problems.push(`${variable} names ${path}, which is no PEM file`);
  return undefined;
}

function readText(variable: string, path: string, problems: string[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`${variable} names ${path}, which cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    return undefined;
  }
}

type Members = { readonly [member: string]: unknown };

function objectIn(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // The parser's message is not shown: it quotes the file.
    return undefined;
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
