import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, type Environment, parseConfig, unknownVariables } from '../../src/config/config.ts';
import { optionNames, variableOf } from '../../src/config/options.ts';

function problemsOf(environment: Environment, flags = {}): readonly string[] {
  try {
    parseConfig(environment, flags);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  test('has a default for everything: loopback, port 1026, data in ./data, the embedded store', () => {
    expect(parseConfig({})).toEqual({
      host: '127.0.0.1',
      port: 1026,
      data: './data',
      store: 'embedded',
      workers: 1,
      logLevel: 'info',
      corsOrigin: 'none',
      admin: false,
      openData: true,
      publicUrl: 'none',
      openDataRequestsPerMinute: 600,
      exportsMb: 1024,
      snapshots: 'data',
      trustProxy: false,
      maxBodyBytes: 1_048_576,
      strictContentLength: true,
      textRestricted: true,
      maxBatchEntities: 20_000,
      maxAttributes: 10_000,
      locationsPerEntity: 1,
      maxTenants: 1000,
      maxTypes: 10_000,
      maxPendingWrites: 10_000,
      maxSubscriptions: 100_000,
      maxRegistrations: 100_000,
      hostAlias: 'auto',
      forwardingTimeoutMs: 5000,
      forwardingConcurrency: 32,
      forwardingMaxHops: 8,
      forwardingMaxEntities: 10_000,
      forwardAppends: true,
      maxOwed: 1_000_000,
      notificationTimeoutMs: 5000,
      notificationMaxAgeSeconds: 86_400,
      notificationConcurrency: 32,
      notificationDeny: 'none',
      notificationAllow: 'none',
      leaseSeconds: 10,
      readStalenessMs: 1000,
      maxStreams: 1000,
      endpoints: 'none',
      maxDevices: 100_000,
      contexts: 'none',
      maxContexts: 200,
      defaultContext: 'none',
      contextFetch: true,
      contextTtlSeconds: 86_400,
      contextTimeoutMs: 5000,
      contextMaxBytes: 2_097_152,
      maxFilterLength: 16_384,
      maxFutureSeconds: 86_400,
      maxRefusedReadings: 1000,
      maxServiceGroups: 10_000,
      deviceMessagesPerSecond: 50,
      lazyTimeoutMs: 3000,
      mqtt: false,
      mqttPort: 1883,
      mqttPlain: true,
      mqttTlsPort: 8883,
      mqttCert: 'none',
      mqttKey: 'none',
      mqttCa: 'none',
      mqttAccess: 'login',
      mqttUsers: 'none',
      mqttMaxClients: 10_000,
      mqttMaxPacketBytes: 262_144,
      mqttMaxWaiting: 5000,
      mqttBroker: 'none',
      mqttClientId: 'oriel',
      mqttShare: 'none',
      queryTimeoutMs: 30_000,
      cacheMb: 256,
      expirySweepSeconds: 2,
      shutdownTimeoutMs: 10_000,
    });
  });

  test('takes variables, and flags before them', () => {
    const environment = { ORIEL_PORT: '80', ORIEL_STORE: 'memory', ORIEL_TEXT_RESTRICTED: 'off' };
    expect(parseConfig(environment, { port: '8080' })).toMatchObject({
      port: 8080,
      store: 'memory',
      textRestricted: false,
    });
  });

  test('takes an empty variable for one that is not set', () => {
    expect(parseConfig({ ORIEL_PORT: '' }).port).toBe(1026);
  });

  test('reports every problem at once, each with its source, what it holds and what would be right', () => {
    const environment = { ORIEL_PORT: '70000', ORIEL_LOG_LEVEL: 'loud', ORIEL_TEXT_RESTRICTED: 'maybe' };
    expect(problemsOf(environment, { store: 'disk' })).toEqual([
      'ORIEL_PORT is "70000"; it must be a whole number from 0 to 65535',
      '--store is "disk"; it must be one of embedded, memory, or a connection string: mongodb://user:password@host,host/database?replicaSet=name',
      'ORIEL_LOG_LEVEL is "loud"; it must be one of fatal, error, warn, info, debug, trace, silent',
      'ORIEL_TEXT_RESTRICTED is "maybe"; it must be on or off',
    ]);
  });

  test.each(['mongodb://db:27017', 'mongodb://a,b:27018/oriel?replicaSet=rs', 'mongodb+srv://city.example.org/oriel'])(
    'takes %s for a store',
    (store) => {
      expect(parseConfig({ ORIEL_STORE: store }).store).toBe(store);
    },
  );

  test('shows no password of a connection string that is none', () => {
    expect(problemsOf({ ORIEL_STORE: 'mongo://city:secret@db:27017/oriel' })).toEqual([
      'ORIEL_STORE is "mongo://***@db:27017/oriel"; it must be one of embedded, memory, or a connection string: mongodb://user:password@host,host/database?replicaSet=name',
    ]);
  });

  test.each(['none', '*', 'https://map.example.org', 'http://localhost:8080'])('takes %s for an origin', (origin) => {
    expect(parseConfig({ ORIEL_CORS_ORIGIN: origin }).corsOrigin).toBe(origin);
  });

  test.each(['map.example.org', 'https://map.example.org/', 'ftp://map.example.org', 'https://'])(
    'does not take %s for an origin',
    (origin) => {
      expect(problemsOf({ ORIEL_CORS_ORIGIN: origin })).toHaveLength(1);
    },
  );

  test('notices variables that look like ours and set nothing', () => {
    expect(unknownVariables({ ORIEL_PROT: '1', ORIEL_PORT: '1', PATH: '/bin', ORIEL_A: 'x' })).toEqual([
      'ORIEL_A',
      'ORIEL_PROT',
    ]);
  });

  test('is parsed or refused with a problem for each wrong variable, whatever the environment holds', () => {
    const anyText = fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('on', 'off', 'memory', '*'));
    const environments = fc.dictionary(fc.constantFrom(...optionNames.map(variableOf)), anyText);
    fc.assert(
      fc.property(environments, (environment) => {
        const problems = problemsOf(environment);
        for (const problem of problems) expect(problem).toMatch(/^ORIEL_\w+ is ".*it must be /s);
      }),
    );
  });
});
