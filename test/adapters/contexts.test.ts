import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type ContextCache, DiskContextCache, MemoryContextCache } from '../../src/adapters/contexts/context-cache.ts';
import { ContextDocuments } from '../../src/adapters/contexts/context-documents.ts';
import { ContextFetcher } from '../../src/adapters/contexts/fetch-context.ts';
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
      '@context': { accept: 'application/ld+json, application/json;q=0.9, */*;q=0.1' },
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

  test('is not fetched from an address that is denied', async () => {
    const url = await serving((_, response) => response.end(JSON.stringify(document)));
    await expect(aFetcher(new ReceiverGuard(['127.0.0.0/8'])).fetch(url)).rejects.toThrow(
      'has no address that may be sent to',
    );
  });
});

describe('the documents of contexts', () => {
  function someDocuments(cache: ContextCache, answers: (JsonObject | Error)[], kept: Record<string, JsonObject> = {}) {
    const time = { now: 0 };
    let fetches = 0;
    const documents = new ContextDocuments({
      kept: new Map(Object.entries(kept)),
      cache,
      fetch: async () => {
        fetches++;
        const answer = answers.shift() ?? new Error('gone');
        if (answer instanceof Error) throw answer;
        return answer;
      },
      ttlMs: 1000,
      clock: { now: () => time.now },
      log,
    });
    return { documents, time, fetches: () => fetches };
  }

  test('that are kept are never fetched', async () => {
    const { documents, fetches } = someDocuments(new MemoryContextCache(), [], { 'https://a.example/': document });
    expect([await documents.get('https://a.example/'), fetches()]).toEqual([document, 0]);
  });

  test('are fetched once, however many ask at the same time, and anew when they are too old', async () => {
    const later = { '@context': {} };
    const { documents, time, fetches } = someDocuments(new MemoryContextCache(), [document, later]);
    expect(await Promise.all([documents.get('u'), documents.get('u')])).toEqual([document, document]);
    expect([await documents.get('u'), fetches()]).toEqual([document, 1]);
    time.now = 1000;
    expect([await documents.get('u'), fetches()]).toEqual([later, 2]);
  });

  test('that cannot be fetched anew are used on', async () => {
    const { documents, time, fetches } = someDocuments(new MemoryContextCache(), [
      document,
      new Error('down'),
      document,
    ]);
    await documents.get('u');
    time.now = 5000;
    expect([await documents.get('u'), fetches()]).toEqual([document, 2]);
    expect([await documents.get('u'), fetches()]).toEqual([document, 2]);
    time.now = 20_000;
    expect([await documents.get('u'), fetches()]).toEqual([document, 3]);
  });

  test('that never could be fetched are refused with the reason, without asking again at once', async () => {
    const { documents, fetches } = someDocuments(new MemoryContextCache(), [new Error('no such host')]);
    for (let time = 0; time < 2; time++) {
      await expect(documents.get('https://a.example/')).rejects.toMatchObject({
        reason: { kind: 'contextUnavailable', url: 'https://a.example/', description: 'no such host' },
      });
    }
    expect(fetches()).toBe(1);
  });

  test('without a context are refused', async () => {
    const { documents } = someDocuments(new MemoryContextCache(), [{ a: 1 }]);
    await expect(documents.get('u')).rejects.toMatchObject({ reason: { kind: 'invalidContext' } });
  });

  test('are found on the disk by the next process', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'contexts');
    const { documents } = someDocuments(new DiskContextCache(path, log), [document]);
    await documents.get('u');
    const next = someDocuments(new DiskContextCache(path, log), []);
    expect([await next.documents.get('u'), next.fetches()]).toEqual([document, 0]);
    await next.documents.forget('u');
    await expect(next.documents.get('u')).rejects.toMatchObject({ reason: { kind: 'contextUnavailable' } });
  });

  test('whose copies are damaged are fetched', async () => {
    const directory = temporaryDirectory();
    const cache = new DiskContextCache(directory, log);
    await cache.put('u', { document, fetchedAt: 0 });
    const [name = ''] = readdirSync(directory);
    writeFileSync(join(directory, name), '{"document"');
    const { documents, fetches } = someDocuments(new DiskContextCache(directory, log), [document]);
    expect([await documents.get('u'), fetches()]).toEqual([document, 1]);
  });
});
