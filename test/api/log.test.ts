import { describe, expect, test } from 'vitest';
import { createLog, type LogLevel } from '../../src/observe/log.ts';
import { anApi } from './api-under-test.ts';

/** A log that is read here. */
function aLog(level: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: createLog(level, { write: (line: string) => void lines.push(JSON.parse(line)) }) };
}

const headers = { 'fiware-correlator': 'abc' };

describe('the log', () => {
  test('has a line for every answer at debug, with its correlator', async () => {
    const { log, lines } = aLog('debug');
    const api = await anApi({}, log);
    await api.send('GET', '/v2/entities/Nobody', { headers });
    await api.close();
    expect(lines).toEqual([
      {
        level: 'debug',
        time: expect.stringMatching(/Z$/),
        correlator: 'abc',
        method: 'GET',
        url: '/v2/entities/Nobody',
        status: 404,
        ms: expect.any(Number),
        msg: 'answered',
      },
    ]);
  });

  test('says nothing of requests at info, but explains a bug, with its correlator', async () => {
    const { log, lines } = aLog('info');
    const api = await anApi({}, log);
    await api.send('GET', '/v2/entities', { headers });
    expect(lines).toEqual([]);
    api.broker.stores.tenant = () => {
      throw new Error('a bug');
    };
    await api.send('GET', '/v2/entities?limit=1', { headers });
    expect(lines).toMatchObject([
      {
        level: 'error',
        correlator: 'abc',
        method: 'GET',
        url: '/v2/entities?limit=1',
        err: { type: 'Error', message: 'a bug' },
        msg: 'request failed',
      },
    ]);
    await api.app.close();
  });
});
