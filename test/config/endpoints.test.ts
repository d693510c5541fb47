import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { readEndpoints } from '../../src/config/endpoints.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let directory: string;
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

beforeEach(() => {
  directory = temporaryDirectory();
  writeFileSync(join(directory, 'ca.pem'), pem);
  writeFileSync(join(directory, 'notes.txt'), 'nothing');
});

function file(content: unknown): string {
  const path = join(directory, 'endpoints.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Without the path in front. */
function problemsOf(content: unknown): readonly string[] {
  const path = file(content);
  try {
    readEndpoints(path);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.replaceAll(path, 'FILE'));
    throw error;
  }
  return [];
}

describe('the file of endpoints', () => {
  test('is none unless one is named', () => {
    expect(readEndpoints('none')).toEqual({ http: new Map(), mqtt: new Map() });
  });

  test('gives addresses and secrets by name and protocol; certificates are read, relative to it', () => {
    const endpoints = readEndpoints(
      file({
        alarms: {
          url: 'https://alarms.example/in',
          headers: { 'X-Key': 'k' },
          user: 'city',
          password: 'pässword',
          ca: 'ca.pem',
          cert: 'ca.pem',
          key: join(directory, 'ca.pem'),
        },
        bus: { url: 'mqtts://bus.example:8883', user: 'city', password: 'secret', protocolVersion: 5 },
        plain: { url: 'http://plain.example' },
      }),
    );
    expect(endpoints).toEqual({
      http: new Map([
        [
          'alarms',
          {
            url: 'https://alarms.example/in',
            headers: { 'x-key': 'k', authorization: 'Basic Y2l0eTpww6Rzc3dvcmQ=' },
            tls: { ca: pem, cert: pem, key: pem },
          },
        ],
        ['plain', { url: 'http://plain.example/' }],
      ]),
      mqtt: new Map([
        ['bus', { url: 'mqtts://bus.example:8883', user: 'city', password: 'secret', protocolVersion: 5 }],
      ]),
    });
  });

  test('that is not there is named', () => {
    expect(() => readEndpoints('nowhere.json')).toThrow(
      'ORIEL_ENDPOINTS names nowhere.json, which cannot be read: ENOENT',
    );
  });

  test.each(['{"a": {"password": "secret', '[]', '5'])('must be a JSON object: %s', (content) => {
    expect(problemsOf(content)).toEqual([
      'ORIEL_ENDPOINTS names FILE, which must hold a JSON object: endpoints by name',
    ]);
  });

  test('has every problem told at once, and no secret', () => {
    const problems = problemsOf({
      'no name': { url: 'http://a' },
      a: 5,
      b: { url: 'ftp://b', user: 'only' },
      c: { url: 'http://user:secret@c', ca: 'ca.pem', colour: 'red' },
      d: { url: 'mqtt://d/topic', headers: { a: 'b' } },
      e: { url: 'https://e', headers: { 'a b': 'x', c: 'secret\n' }, cert: 'ca.pem' },
      f: { url: 'https://f', headers: { Authorization: 'x' }, user: 'u', password: 'secret', ca: 'notes.txt' },
      g: { url: 'https://g', ca: 'gone.pem' },
      h: { url: 'mqtt://h', protocolVersion: 3 },
      i: { url: 'http://i', protocolVersion: 5 },
    });
    expect(problems).toEqual([
      'FILE, endpoint "no name": a name has 1 to 64 characters: letters, digits, hyphens, underscores and dots',
      'FILE, endpoint "a": it must be an object with a url',
      'FILE, endpoint "b": url must be an absolute URL of http, https, mqtt or mqtts',
      'FILE, endpoint "b": user and password go together',
      'FILE, endpoint "c": colour is unknown; there are url, headers, user, password, protocolVersion, ca, cert, key',
      'FILE, endpoint "c": the url must not have a user: name it as user and password',
      'FILE, endpoint "c": ca, cert and key are for https and mqtts',
      'FILE, endpoint "d": an mqtt url has no path: the topic is in the subscription',
      'FILE, endpoint "d": headers are for http',
      'FILE, endpoint "e": cert and key go together',
      'FILE, endpoint "e": "a b" is no name of a header',
      'FILE, endpoint "e": header c must be a text of printable characters',
      'FILE, endpoint "f": ca names notes.txt, which is no PEM file',
      'FILE, endpoint "f": either user and password or the header Authorization',
      'FILE, endpoint "g": ca names gone.pem, which cannot be read: ENOENT',
      'FILE, endpoint "h": protocolVersion must be 4, which is MQTT 3.1.1, or 5',
      'FILE, endpoint "i": protocolVersion is for mqtt',
    ]);
    expect(problems.join()).not.toContain('secret');
  });
});
