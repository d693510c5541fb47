import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type ContextCache, DiskContextCache, MemoryContextCache } from '../../src/adapters/contexts/context-cache.ts';
import { ContextDocuments } from '../../src/adapters/contexts/context-documents.ts';
import { ContextFetcher } from '../../src/adapters/contexts/fetch-context.ts';
import { freshForMs } from '../../src/adapters/contexts/fresh-for.ts';
import { ReceiverGuard } from '../../src/adapters/transports/receiver-guard.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLog } from '../../src/observe/log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const log = createLog('silent');
const document = { '@context': { a: 'https://example.org/a' } };
const limits = { timeoutMs: 2000, maxBytes: 1000, maxRedirects: 2 };

let closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
});

async function serving(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function aFetcher(guard = new ReceiverGuard([])): ContextFetcher {
  const fetcher = new ContextFetcher(limits, guard);
  closing.unshift(() => fetcher.close());
  return fetcher;
}

describe('a fetched context', () => {
  test('is what the URL leads to, by way of redirects', async () => {
    const url = await serving(({ url: path, headers }, response) => {
      if (path === '/old') response.writeHead(301, { location: '/new' }).end();
      else response.end(JSON.stringify({ '@context': { accept: headers.accept } }));
    });
    expect(await aFetcher().fetch(`${url}/old`)).toEqual({
      document: { '@context': { accept: 'application/ld+json, application/json;q=0.9, */*;q=0.1' } },
    });
  });

  test.each<[string, RequestListener, string]>([
    ['is not there', (_, response) => response.writeHead(404).end(), 'the answer was 404'],
    [
      'redirects without end',
      (_, response) => response.writeHead(302, { location: '/' }).end(),
      'more than 2 redirects',
    ],
    ['is too long', (_, response) => response.end(' '.repeat(2000)), 'it is longer than 1000 bytes'],
    [
      'leads elsewhere than to the web',
      (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'only http and https lead to contexts',
    ],
    ['is no JSON', (_, response) => response.end('<html>'), 'is not valid JSON'],
  ])('that %s cannot be had', async (_what, answer, message) => {
    await expect(aFetcher().fetch(await serving(answer))).rejects.toThrow(message);
  });

  test('comes with the time for which it holds [LD 6.3.16]', async () => {
    const url = await serving((_, response) =>
      response.setHeader('cache-control', 'max-age=60').end(JSON.stringify(document)),
    );
    expect(await aFetcher().fetch(url)).toEqual({ document, freshForMs: 60_000 });
  });

  test.each([
    [{}, undefined],
    [{ 'cache-control': 'public, max-age=60' }, 60_000],
    [{ 'cache-control': 'Max-Age="60", s-maxage=30' }, 30_000],
    [{ 'cache-control': 'max-age=60', age: '45' }, 15_000],
    [{ 'cache-control': 'max-age=60', expires: 'Thu, 01 Jan 1970 00:00:02 GMT' }, 60_000],
    [{ 'cache-control': 'no-store, max-age=60' }, 0],
    [{ 'cache-control': 'no-cache' }, 0],
    [{ 'cache-control': 'max-age=soon' }, undefined],
    [{ expires: 'Thu, 01 Jan 1970 00:01:00 GMT', date: 'Thu, 01 Jan 1970 00:00:30 GMT' }, 30_000],
    [{ expires: 'Thu, 01 Jan 1970 00:01:00 GMT' }, 59_000],
    [{ expires: '0' }, 0],
  ])('with %j holds for %s ms [LD 6.3.16]', (headers, ms) => {
    expect(freshForMs(headers, 1000)).toBe(ms);
  });

  test('is not fetched from an address that is denied', async () => {
    const url = await serving((_, response) => response.end(JSON.stringify(document)));
    await expect(aFetcher(new ReceiverGuard(['127.0.0.0/8'])).fetch(url)).rejects.toThrow(
      'has no address that may be sent to',
    );
  });
});

describe('the documents of contexts', () => {
  function someDocuments(
    cache: ContextCache,
    answers: (JsonObject | Error)[],
    { kept = {}, freshForMs }: { readonly kept?: Record<string, JsonObject>; readonly freshForMs?: number } = {},
  ) {
    const time = { now: 0 };
    let fetches = 0;
    const documents = new ContextDocuments({
      kept: new Map(Object.entries(kept)),
      cache,
      fetch: async () => {
        fetches++;
        const answer = answers.shift() ?? new Error('gone');
        if (answer instanceof Error) throw answer;
        return { document: answer, ...(freshForMs !== undefined && { freshForMs }) };
      },
      hosted: () => undefined,
      ttlMs: 1000,
      clock: { now: () => time.now },
      log,
    });
    const get = async (url: string) => (await documents.get(url)).document;
    return { documents, get, time, fetches: () => fetches };
  }

  test('that are kept are never fetched', async () => {
    const { get, fetches } = someDocuments(new MemoryContextCache(), [], {
      kept: { 'https://a.example/': document },
    });
    expect([await get('https://a.example/'), fetches()]).toEqual([document, 0]);
  });

  test('are fetched once, however many ask at the same time, and anew when they are too old', async () => {
    const later = { '@context': {} };
    const { get, time, fetches } = someDocuments(new MemoryContextCache(), [document, later]);
    expect(await Promise.all([get('u'), get('u')])).toEqual([document, document]);
    expect([await get('u'), fetches()]).toEqual([document, 1]);
    time.now = 1000;
    expect([await get('u'), fetches()]).toEqual([later, 2]);
  });

  test.each([
    [5000, 5000],
    [0, 1000],
  ])('hold for as long as their server says, %i ms, and a second at least [LD 6.3.16]', async (freshForMs, ms) => {
    const { get, time, fetches } = someDocuments(new MemoryContextCache(), [document, document], { freshForMs });
    await get('u');
    time.now = ms - 1;
    await get('u');
    expect(fetches()).toBe(1);
    time.now = ms;
    await get('u');
    expect(fetches()).toBe(2);
  });

  test('fetched anew on demand replace their copies, or leave them as they are [LD 5.13.5.4]', async () => {
    const later = { '@context': { later: 'https://example.org/later' } };
    const { documents, get } = someDocuments(new MemoryContextCache(), [document, new Error('down'), { a: 1 }, later]);
    await get('u');
    for (const description of ['down', 'u is no JSON object with a member @context']) {
      await expect(documents.refetch('u')).rejects.toMatchObject({
        reason: { kind: 'contextUnavailable', url: 'u', description },
      });
      expect(await get('u')).toBe(document);
    }
    await documents.refetch('u');
    expect(await get('u')).toBe(later);
  });

  test('that cannot be fetched anew are used on', async () => {
    const { get, time, fetches } = someDocuments(new MemoryContextCache(), [document, new Error('down'), document]);
    await get('u');
    time.now = 5000;
    expect([await get('u'), fetches()]).toEqual([document, 2]);
    expect([await get('u'), fetches()]).toEqual([document, 2]);
    time.now = 20_000;
    expect([await get('u'), fetches()]).toEqual([document, 3]);
  });

  test('that never could be fetched are refused with the reason, without asking again at once', async () => {
    const { get, fetches } = someDocuments(new MemoryContextCache(), [new Error('no such host')]);
    for (let time = 0; time < 2; time++) {
      await expect(get('https://a.example/')).rejects.toMatchObject({
        reason: { kind: 'contextUnavailable', url: 'https://a.example/', description: 'no such host' },
      });
    }
    expect(fetches()).toBe(1);
  });

  test('without a context are refused', async () => {
    const { get } = someDocuments(new MemoryContextCache(), [{ a: 1 }]);
    await expect(get('u')).rejects.toMatchObject({ reason: { kind: 'invalidContext' } });
  });

  test('are found on the disk by the next process', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'contexts');
    const { get } = someDocuments(new DiskContextCache(path, log), [document]);
    await get('u');
    const next = someDocuments(new DiskContextCache(path, log), []);
    expect([await next.get('u'), next.fetches()]).toEqual([document, 0]);
    await next.documents.remove('u');
    await expect(next.get('u')).rejects.toMatchObject({ reason: { kind: 'contextUnavailable' } });
  });

  test('are as many on the disk as are allowed, the oldest go', async () => {
    const directory = temporaryDirectory();
    const cache = new DiskContextCache(directory, log, 2);
    for (const [fetchedAt, url] of ['a', 'b', 'a', 'c'].entries()) await cache.put(url, { document, fetchedAt });
    const next = new DiskContextCache(directory, log, 2);
    expect([[...(await cache.list()).keys()], [...(await next.list())]]).toEqual([
      ['a', 'c'],
      [
        ['a', { fetchedAt: 2 }],
        ['c', { fetchedAt: 3 }],
      ],
    ]);
  });

  test('whose copies are damaged are fetched', async () => {
    const directory = temporaryDirectory();
    const cache = new DiskContextCache(directory, log);
    await cache.put('u', { document, fetchedAt: 0 });
    const [name = ''] = readdirSync(directory);
    writeFileSync(join(directory, name), '{"document"');
    const { get, fetches } = someDocuments(new DiskContextCache(directory, log), [document]);
    expect([await get('u'), fetches()]).toEqual([document, 1]);
  });
});
