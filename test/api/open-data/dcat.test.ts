import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { JsonLdParser } from 'jsonld-streaming-parser';
import { DataFactory, Parser, type Quad, Store } from 'n3';
import Validator from 'rdf-validate-shacl';
import { RdfXmlParser } from 'rdfxml-streaming-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aCity, type CityUnderTest, parkingTerms } from './a-city.ts';

const { namedNode, quad } = DataFactory;
const dcat = 'http://www.w3.org/ns/dcat#';
const dct = 'http://purl.org/dc/terms/';
const rdfs = 'http://www.w3.org/2000/01/rdf-schema#';
const hydra = 'http://www.w3.org/ns/hydra/core#';
const type = namedNode('http://www.w3.org/1999/02/22-rdf-syntax-ns#type');

/** A dataset of high value of which all is said that can be said. */
const wholeTerms = parkingTerms({
  id: 'whole',
  contact: { name: 'Open data office', email: 'open@example.org' },
  licence: 'cc-by-4.0',
  attribution: { en: 'The city', es: 'La ciudad' },
  themes: ['TRAN', 'REGI'],
  keywords: { en: ['parking', 'cars'], es: ['aparcar'] },
  frequency: 'CONT',
  highValueCategory: 'mobility',
  spatial: { uri: 'http://www.wikidata.org/entity/Q2807', bbox: [-3.9, 40.3, -3.5, 40.6] },
  temporal: { start: '2026-01-01' },
  conformsTo: ['https://smartdatamodels.org/dataModel.Parking/OffStreetParking'],
  documentation: 'https://example.org/parking',
  provenance: 'Counted at the barriers.',
  policy: { permission: ['http://www.w3.org/ns/odrl/2/use'], obligation: ['http://www.w3.org/ns/odrl/2/attribute'] },
});

let city: CityUnderTest;

beforeAll(async () => {
  city = await aCity();
  await city.publish(wholeTerms);
  await city.send('PUT', '/admin/catalogue', {
    body: {
      title: { en: 'Open data', es: 'Datos abiertos' },
      description: 'All & more',
      publisher: { name: 'The city', type: 'LocalAuthority' },
      licence: 'cc0-1.0',
    },
  });
});

afterAll(() => city.close());

const get = (path: string, headers: Record<string, string> = {}) => city.send('GET', path, { headers });

async function statementsOf(path: string): Promise<Quad[]> {
  const { body, statusCode } = await get(path);
  expect(statusCode).toBe(200);
  if (/\.ttl/.test(path)) return new Parser().parse(body);
  return parsed(body, /\.jsonld/.test(path) ? new JsonLdParser() : new RdfXmlParser());
}

async function parsed(text: string, parser: JsonLdParser | RdfXmlParser): Promise<Quad[]> {
  const quads: Quad[] = [];
  for await (const one of Readable.from([text]).pipe(parser as never) as AsyncIterable<Quad>) quads.push(one);
  return quads;
}

async function problemsOf(data: Store, shapes: Store): Promise<string[]> {
  const report = await new Validator(shapes as never).validate(data as never);
  return report.results.map(
    ({ focusNode, path, message }) =>
      `${focusNode?.value} ${JSON.stringify(path)} ${message.map(({ value }) => value)}`,
  );
}

/** As the European Commission publishes them with DCAT-AP 3.0.0, licensed CC BY 4.0. */
async function publishedShapes(): Promise<Store> {
  const text = readFileSync('test/catalogue/dcat-ap-3.0.0.published-shapes.jsonld', 'utf8');
  return new Store(await parsed(text, new JsonLdParser()));
}

/** With what RDF Schema says of everything, which these shapes take as said: what is named is a resource. [RDFS rdfs4b] */
async function feedWithResources(): Promise<Store> {
  const data = new Store(await statementsOf('/catalog.ttl'));
  for (const object of data.getObjects(null, null, null)) {
    if (object.termType === 'NamedNode') data.add(quad(object, type, namedNode(`${rdfs}Resource`)) as never);
  }
  return data;
}

const texts = (quads: readonly Quad[]) =>
  quads
    .map(({ subject, predicate, object }) =>
      [subject.value, predicate.value, object.value, languageOrType(object)].join(' '),
    )
    .toSorted();

function languageOrType(object: Quad['object']): string {
  return object.termType === 'Literal' ? object.language || object.datatype.value : '';
}

describe('The feed for portals', () => {
  test('keeps the rules of DCAT-AP 3.0.1 and of DCAT-AP HVD', async () => {
    const data = new Store(await statementsOf('/catalog.ttl'));
    const shapes = new Store(new Parser().parse(readFileSync('test/catalogue/dcat-ap.shapes.ttl', 'utf8')));
    for (const subject of data.getSubjects(namedNode('http://data.europa.eu/r5r/hvdCategory'), null, null)) {
      const kind = data.has(quad(subject, type, namedNode(`${dcat}Dataset`)) as never)
        ? 'HighValueDataset'
        : 'HighValueService';
      data.add(quad(subject as never, type, namedNode(`urn:oriel:shapes:${kind}`)));
    }
    expect(await problemsOf(data, shapes)).toEqual([]);
    expect(data.countQuads(null, type, namedNode('urn:oriel:shapes:HighValueDataset'), null)).toBe(1);
  });

  test('is valid by the shapes that are published with DCAT-AP', async () => {
    expect(await problemsOf(await feedWithResources(), await publishedShapes())).toEqual([]);
  });

  test.each([`${dct}title`, `${dct}description`, `${dct}publisher`, `${dcat}accessURL`])(
    'is not valid by them without %s',
    async (property) => {
      const data = await feedWithResources();
      data.removeQuads(data.getQuads(null, namedNode(property), null, null));
      expect(await problemsOf(data, await publishedShapes())).not.toEqual([]);
    },
  );

  test('says the same in Turtle, RDF/XML and JSON-LD', async () => {
    const turtle = texts(await statementsOf('/dataset/whole.ttl'));
    expect(texts(await statementsOf('/dataset/whole.rdf'))).toEqual(turtle);
    expect(texts(await statementsOf('/dataset/whole.xml'))).toEqual(turtle);
    expect(texts(await statementsOf('/dataset/whole.jsonld'))).toEqual(turtle);
    expect(turtle.length).toBeGreaterThan(200);
  });

  test('has absolute URIs alone, below where the public reaches the broker', async () => {
    const quads = await statementsOf('/catalog.rdf');
    const uris = quads
      .flatMap(({ subject, object }) => [subject, object])
      .filter(({ termType }) => termType === 'NamedNode');
    expect(uris.filter(({ value }) => !/^(https?|mailto):/.test(value))).toEqual([]);
    expect(uris.filter(({ value }) => value.includes('localhost'))).toEqual([]);
    expect(quads.some(({ object }) => object.value === 'https://data.example.org/dataset/whole/data.csv')).toBe(true);
    expect(quads.filter(({ subject }) => subject.termType === 'BlankNode')).toEqual([]);
  });

  test.each(['ttl', 'rdf', 'jsonld'])('is the same bytes as long as nothing is said anew (%s)', async (extension) => {
    const first = await get(`/catalog.${extension}`);
    await city.store([
      { id: 'P1', type: 'Parking', free: { type: 'Number', value: Math.round(first.body.length / 7) } },
    ]);
    const second = await get(`/catalog.${extension}`);
    expect(second.body).toBe(first.body);
    expect((await get(`/catalog.${extension}`, { 'if-none-match': String(first.headers.etag) })).statusCode).toBe(304);
  });

  test('has pages that lead on by Hydra, and no dataset twice or never', async () => {
    const many = await aCity();
    for (let number = 0; number < 204; number += 1)
      await many.publish(parkingTerms({ id: `d${number}`, view: { types: ['Parking'], attributes: ['name'] } }));
    const seen: string[] = [];
    let next: string | undefined = '/catalog.ttl';
    const pages: number[] = [];
    while (next !== undefined) {
      const answer = await many.send('GET', next);
      const store: Store = new Store(new Parser().parse(answer.body));
      const found = store.getObjects(null, namedNode(`${dcat}dataset`), null).map(({ value }) => value);
      pages.push(found.length);
      seen.push(...found);
      expect(store.getObjects(null, namedNode(`${hydra}totalItems`), null)[0]?.value).toBe('205');
      next = store
        .getObjects(null, namedNode(`${hydra}nextPage`), null)[0]
        ?.value.replace('https://data.example.org', '');
    }
    expect(pages).toEqual([100, 100, 5]);
    expect(new Set(seen).size).toBe(205);
    await many.close();
  });

  test('can be narrowed to what changed since, and by words', async () => {
    const found = async (query: string) =>
      new Store(await statementsOf(`/catalog.ttl?${query}`))
        .getObjects(null, namedNode(`${dcat}dataset`), null)
        .map(({ value }) => value.slice(-7));
    expect(await found('modified_since=2000-01-01T00:00:00Z')).toHaveLength(2);
    expect(await found('modified_since=2999-01-01')).toEqual([]);
    expect(await found('q=aparcar')).toEqual(['t/whole']);
    expect(await found('q=aparcar+nothing')).toEqual([]);
  });

  test.each([
    ['/catalog.ttl?page=0', 400, 'page is 0; it counts from 1 on'],
    [
      '/catalog.ttl?modified_since=yesterday',
      400,
      'modified_since is yesterday; it is a moment such as 2026-01-31T12:00:00Z',
    ],
    ['/dataset/nobody.ttl', 404, 'The requested dataset has not been found. Check id and tenant'],
  ])('refuses %s', async (path, status, description) => {
    const answer = await get(path);
    expect([answer.statusCode, answer.json().description]).toEqual([status, description]);
  });

  test.each([
    ['text/turtle', 'text/turtle; charset=utf-8'],
    ['application/rdf+xml', 'application/rdf+xml; charset=utf-8'],
    ['application/ld+json', 'application/ld+json'],
  ])('is negotiated where a dataset is asked for by its URI: %s', async (accept, contentType) => {
    expect((await get('/dataset/whole', { accept })).headers['content-type']).toBe(contentType);
    expect((await get('/catalog', { accept })).headers.location).toMatch(/^https:\/\/data\.example\.org\/catalog\./);
  });

  test('does not write a host that is none into URLs', async () => {
    const open = await aCity({ publicUrl: 'none' });
    expect((await open.send('GET', '/dataset/parking.ttl', { headers: { host: 'x"><script>' } })).statusCode).toBe(400);
    expect((await open.send('GET', '/dataset/parking.ttl', { headers: { host: 'city.example:8080' } })).body).toContain(
      '<http://city.example:8080/dataset/parking>',
    );
    await open.close();
  });
});
