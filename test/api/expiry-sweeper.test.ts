import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startExpirySweeper } from '../../src/expiry-sweeper.ts';
import { createLog } from '../../src/observe/log.ts';
import { type ApiUnderTest, anApi } from './api-under-test.ts';

const everyMs = 30_000;

describe('[V2 transient entities] the sweeper', () => {
  let api: ApiUnderTest;
  let lines: { msg: string }[];

  beforeEach(async () => {
    api = await anApi();
    lines = [];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (const [id, date] of [
      ['past', '2001-01-01T00:00:00Z'],
      ['future', '2099-01-01T00:00:00Z'],
    ]) {
      const dateExpires = { type: 'DateTime', value: date };
      await api.send('POST', '/v2/entities', { body: { id, type: 'T', dateExpires } });
    }
    await api.send('POST', '/v2/entities', { body: { id: 'forever', type: 'T' } });
  });

  afterEach(async () => {
    vi.useRealTimers();
    await api.close();
  });

  const log = () => createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const ids = async () => (await api.send('GET', '/v2/entities')).json().map(({ id }: { id: string }) => id);

  test('removes what is past its time, and goes on', async () => {
    const stop = startExpirySweeper(api.broker, everyMs, log());
    expect(await ids()).toEqual(['past', 'future', 'forever']);
    await vi.advanceTimersByTimeAsync(everyMs);
    await vi.waitFor(async () => expect(await ids()).toEqual(['future', 'forever']));
    await vi.waitFor(() => expect(lines).toMatchObject([{ msg: 'removed expired entities', removed: 1 }]));
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('takes away attributes and sub-attributes past their time, and leaves the entity [LD 4.22]', async () => {
    const past = '2001-01-01T00:00:00Z';
    const body = {
      id: 'urn:r',
      type: 'R',
      gone: { type: 'Property', value: 1, expiresAt: past },
      kept: { type: 'Property', value: 2, part: { type: 'Property', value: 3, expiresAt: past } },
    };
    await api.send('POST', '/ngsi-ld/v1/entities', { body });
    const stop = startExpirySweeper(api.broker, everyMs, log());
    await vi.advanceTimersByTimeAsync(everyMs);
    await vi.waitFor(async () =>
      expect((await api.send('GET', '/ngsi-ld/v1/entities/urn:r')).json()).toEqual({
        id: 'urn:r',
        type: 'R',
        kept: { type: 'Property', value: 2 },
      }),
    );
    stop();
  });

  test('logs a sweep that fails, and tries again', async () => {
    const tenants = vi.spyOn(api.broker.stores, 'tenants').mockImplementationOnce(() => {
      throw new Error('no disk');
    });
    const stop = startExpirySweeper(api.broker, everyMs, log());
    await vi.advanceTimersByTimeAsync(everyMs);
    expect(lines).toMatchObject([{ msg: 'removing expired entities failed' }]);
    await vi.advanceTimersByTimeAsync(everyMs);
    await vi.waitFor(async () => expect(await ids()).toEqual(['future', 'forever']));
    stop();
    tenants.mockRestore();
  });
});
