import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { readMqttFiles } from '../../src/config/mqtt.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serverCertificate } from '../transports/certificates.ts';

const none = { mqttUsers: 'none', mqttCert: 'none', mqttKey: 'none', mqttCa: 'none' };

function aFile(name: string, text: string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

function problemsOf(config: Partial<typeof none>): readonly string[] {
  try {
    readMqttFiles({ ...none, ...config });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('The files of the MQTT broker for devices', () => {
  it('need not be there', () => {
    expect(readMqttFiles(none)).toEqual({ users: new Map() });
  });

  it('hold users with their topics, a certificate and its key', () => {
    const users = { gateway: { password: 'secret', publish: ['/json/KEY/#'] }, panel: { subscribe: ['oriel/+/-'] } };
    const { cert, key } = serverCertificate;
    const files = readMqttFiles({
      ...none,
      mqttUsers: aFile('users.json', JSON.stringify(users)),
      mqttCert: aFile('cert.pem', cert),
      mqttKey: aFile('key.pem', key),
    });
    expect(files).toEqual({
      users: new Map([
        ['gateway', { password: 'secret', publish: ['/json/KEY/#'], subscribe: [] }],
        ['panel', { publish: [], subscribe: ['oriel/+/-'] }],
      ]),
      tls: { cert, key },
    });
  });

  it('are refused with every problem at once, and without what is secret', () => {
    const users = { a: 1, b: { publish: ['#/a'], pasword: 'hush' }, c: { password: 7, subscribe: 'x' } };
    const problems = problemsOf({
      mqttUsers: aFile('users.json', JSON.stringify(users)),
      mqttCert: '/nowhere.pem',
      mqttCa: aFile('ca.pem', 'hush'),
    });
    expect(problems.map((problem) => problem.replace(/\S+\/(users\.json|ca\.pem)/, '$1'))).toEqual([
      'users.json, user "a": it must be an object with password, publish and subscribe',
      'users.json, user "b": pasword is not known',
      'users.json, user "b": publish must be a list of topic filters such as "/json/KEY/#"',
      'users.json, user "c": password must be a text',
      'users.json, user "c": subscribe must be a list of topic filters such as "/json/KEY/#"',
      'ORIEL_MQTT_CERT names /nowhere.pem, which cannot be read: ENOENT',
      'ORIEL_MQTT_CA names ca.pem, which is no PEM file',
      'ORIEL_MQTT_CERT and ORIEL_MQTT_KEY go together',
    ]);
    expect(problems.join()).not.toContain('hush');
    expect(problemsOf({ mqttUsers: aFile('users.json', '[]') })).toEqual([
      expect.stringContaining('must hold a JSON object'),
    ]);
  });
});
