import { existsSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aCity, type CityUnderTest, parkingTerms } from './a-city.ts';

let city: CityUnderTest;

beforeAll(async () => {
  city = await aCity({ publicUrl: 'none' });
  await city.publish(
    parkingTerms({
      id: 'air',
      title: { en: 'Air & <quality>', es: 'Calidad del aire' },
      description: { en: 'What we breathe.' },
      publisher: { name: 'Ministry of Air', homepage: 'https://air.example.org/' },
      contact: { name: 'Air desk', email: 'air@example.org' },
      licence: 'cc-by-4.0',
      themes: ['ENVI'],
      keywords: ['air'],
      frequency: 'HOURLY',
      view: {
        types: ['Parking'],
        attributes: ['name', { attribute: 'free', unit: 'µg/m³', title: { en: 'Ozone' } }, 'location'],
      },
    }),
  );
});

afterAll(() => city.close());

const get = async (path: string, headers: Record<string, string> = {}) =>
  city.send('GET', path, { headers: { accept: 'text/html', ...headers } });
const titlesIn = (body: string) => [...body.matchAll(/<h2[^>]*><a href="[^"]+">([^<]+)</g)].map(([, title]) => title);

describe('The pages', () => {
  test('list datasets in the language of the reader', async () => {
    const english = await get('/dataset');
    expect(english.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(titlesIn(english.body)).toEqual(['Air &amp; &lt;quality&gt;', 'Parking']);
    expect(english.body).toContain('2 data sets');
    const spanish = await get('/dataset', { 'accept-language': 'es-ES,es;q=0.9,en;q=0.1' });
    expect(spanish.body).toContain('<html lang="es">');
    expect(titlesIn(spanish.body)).toEqual(['Aparcamientos', 'Calidad del aire']);
    // The description has no Spanish: it says that it is English.
    expect(spanish.body).toContain('<p lang="en">What we breathe.');
    expect((await get('/dataset?lang=de', { 'accept-language': 'es' })).body).toContain('2 Datensätze');
  });

  test.each([
    ['q=breathe', ['Air &amp; &lt;quality&gt;']],
    ['theme=envi', ['Air &amp; &lt;quality&gt;']],
    ['publisher=the-city', ['Parking']],
    ['format=GeoJSON&q=park', ['Parking']],
    ['q=%22%28', []],
  ])('are searched and filtered: %s', async (query, titles) => {
    const answer = await get(`/dataset?${query}`);
    expect([answer.statusCode, titlesIn(answer.body)]).toEqual([200, titles]);
  });

  test('show a dataset: what it is, downloads, map, chart, table, calls', async () => {
    const { body } = await get('/dataset/air');
    expect(body).toContain('<h1>Air &amp; &lt;quality&gt;</h1>');
    expect(body).toContain('<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">');
    expect(body).toContain(
      '<a class="button" href="http://localhost:80/dataset/air/data.csv" type="text/csv" download>CSV</a>',
    );
    expect(body.match(/<circle class="place"/g)).toHaveLength(2);
    expect(body).toContain('How the values of Ozone (µg/m³) are spread over 2 rows');
    expect(body).toContain('The first 3 of 3 rows');
    expect(body).toContain('<td>40.40000, -3.70000</td>');
    expect(body).toContain('<td>Ñandú &lt;&amp;&gt;</td>');
    expect(body).toContain('datastore_search?resource_id=air&amp;limit=10');
    expect(body).not.toContain('secret');
  });

  test('tell search engines by schema.org', async () => {
    const { body } = await get('/dataset/air');
    const [, text = ''] = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(body) ?? [];
    expect(JSON.parse(text)).toMatchObject({
      '@type': 'Dataset',
      name: 'Air & <quality>',
      license: 'https://creativecommons.org/licenses/by/4.0/',
      creator: { name: 'Ministry of Air' },
      variableMeasured: expect.arrayContaining([{ '@type': 'PropertyValue', name: 'free', unitText: 'µg/m³' }]),
      distribution: expect.arrayContaining([
        {
          '@type': 'DataDownload',
          name: 'CSV',
          encodingFormat: 'text/csv',
          contentUrl: 'http://localhost:80/dataset/air/data.csv',
        },
      ]),
    });
  });

  test('run nothing and fetch nothing from elsewhere', async () => {
    const { body, headers } = await get('/dataset/air');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(body.match(/<(script|img|iframe|object)\b[^>]*>/g)).toEqual(['<script type="application/ld+json">']);
  });

  test('are not there for what is not published', async () => {
    expect((await get('/dataset/nobody')).statusCode).toBe(404);
  });
});

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

describe.skipIf(browserPath === undefined)('In a browser', () => {
  test.each([
    ['desktop', { width: 1280, height: 900 }],
    ['phone', { width: 360, height: 740 }],
  ])('axe finds nothing, nothing runs over the edge, nothing is refused (%s)', async (_name, viewport) => {
    const url = await listening();
    const browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
    try {
      for (const path of ['/dataset', '/dataset?lang=es&q=nothing', '/dataset/air', '/dataset/parking?lang=fr']) {
        const strict = await browser.newPage({ viewport });
        const errors: string[] = [];
        strict.on('console', (message) => errors.push(message.text()));
        await strict.goto(`${url}${path}`);
        expect(await strict.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        await strict.close();
        // The tool itself is a script, which the policy of the pages would not run.
        const page = await (await browser.newContext({ viewport, bypassCSP: true })).newPage();
        await page.goto(`${url}${path}`);
        await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
        const { violations } = (await page.evaluate('axe.run()')) as {
          violations: { id: string; nodes: { html: string }[] }[];
        };
        expect([path, errors, violations.map(({ id, nodes }) => [id, nodes[0]?.html])]).toEqual([path, [], []]);
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });
});

let listeningAt: Promise<string> | undefined;

function listening(): Promise<string> {
  listeningAt ??= city.app.listen({ host: '127.0.0.1', port: 0 });
  return listeningAt;
}
