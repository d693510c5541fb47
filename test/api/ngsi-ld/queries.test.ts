import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeKinds } from '../api-under-test.ts';
import { anLdApi, type LdApi } from './ld-api.ts';

const place = (x: number, y: number) => ({ type: 'GeoProperty', value: { type: 'Point', coordinates: [x, y] } });

const entities = [
  {
    id: 'urn:ngsi-ld:r1',
    type: 'Room',
    scope: '/Madrid/Gardens/North',
    temperature: { value: 20, observedAt: '2026-01-31T12:00:00Z', accuracy: { value: 1 } },
    name: 'Sol',
    colors: ['red', 'blue'],
    address: { value: { city: 'Berlin', geo: { lat: 1 } } },
    isIn: { object: 'urn:ngsi-ld:b1' },
    location: place(2, 41),
    seen: '2026-01-31T12:00:00Z',
    open: true,
  },
  {
    id: 'urn:ngsi-ld:r2',
    type: ['Room', 'Hall'],
    scope: ['/Madrid/Sights', '/CompanyA'],
    temperature: [{ value: 25 }, { value: 30, datasetId: 'urn:d' }],
    name: 'mar',
    says: { languageMap: { en: 'cat', fr: ['chat', 'minet'] } },
    gender: { vocab: 'Male' },
    isIn: { object: ['urn:ngsi-ld:b1', 'urn:ngsi-ld:b2'] },
    location: [place(9, 9), { ...place(2.001, 41), datasetId: 'urn:d' }],
    observationSpace: place(2, 41),
    seen: { value: '2026-01-31T12:00:01Z', valueType: 'DateTime' },
  },
  {
    id: 'urn:ngsi-ld:r3',
    type: 'Hall',
    name: 'Ábaco',
    temperature: -5,
    day: '2026-01-31',
    route: { objectList: ['urn:ngsi-ld:b2'] },
  },
  { id: 'urn:ngsi-ld:b1', type: 'Building', floors: 3, isIn: { object: 'urn:ngsi-ld:c1' }, name: 'One' },
  { id: 'urn:ngsi-ld:b2', type: 'Building', floors: 7, isIn: { object: 'urn:ngsi-ld:c1' } },
  { id: 'urn:ngsi-ld:c1', type: 'City', name: 'Madrid', mayor: { value: 'A' } },
];

describe.each(storeKinds)('NGSI-LD queries, %s', (store) => {
  let api: LdApi;

  beforeAll(async () => {
    api = await anLdApi({ store });
    await api.create(...entities);
  });

  afterAll(() => api.close());

  const q = (text: string) => api.find(`local=true&q=${encodeURIComponent(text)}`);

  test.each([
    ['temperature', 'r1 r2 r3'],
    ['temperature==20', 'r1'],
    ['temperature!=20', 'r2 r3'],
    ['temperature>20', 'r2'],
    ['temperature==30', 'r2'],
    ['temperature==18..22', 'r1'],
    ['temperature!=18..22', 'r2 r3'],
    ['temperature<=-5', 'r3'],
    ['temperature==20,-5', 'r1 r3'],
    ['name=="Sol"', 'r1'],
    ['name=="Sol","mar"', 'r1 r2'],
    ['name!="Sol","mar"', 'r3 b1 c1'],
    ['name== "Sol", "mar"', 'r1 r2'],
    ['name=="S\\u006fl"', 'r1'],
    ['name~=^[Sm]', 'r1 r2'],
    ['name~="^(Sol|mar)$"', 'r1 r2'],
    ['name!~=^S', 'r2 r3 b1 c1'],
    ['floors!~=^S', ''],
    ['colors=="red"', 'r1'],
    ['colors!="red"', ''],
    ['open==true', 'r1'],
    ['open==false', ''],
    ['temperature=="20"', ''],
    ['address[city]=="Berlin"', 'r1'],
    ['address[geo.lat]==1', 'r1'],
    ['address[street]', ''],
    ['temperature.accuracy==1', 'r1'],
    ['temperature.observedAt>=2026-01-31T12:00:00Z', 'r1'],
    ['temperature.observedAt>2026-01-31T12:00:00Z', ''],
    ['isIn==urn:ngsi-ld:b1', 'r1 r2'],
    ['isIn=="urn:ngsi-ld:b2"', 'r2'],
    ['route==urn:ngsi-ld:b2', 'r3'],
    ['seen>=2026-01-31T12:00:00Z', 'r1 r2'],
    ['seen>2026-01-31T12:00:00.5Z', 'r2'],
    ['seen==2026-01-31T12:00:00Z', 'r1'],
    ['seen==2026-01-31T12:00:00Z..2026-01-31T12:00:01Z', 'r1 r2'],
    ['day==2026-01-31', 'r3'],
    ['says=="chat"', 'r2'],
    ['says[fr]=="chat"', 'r2'],
    ['says[en]=="chat"', ''],
    ['says[*]=="cat"', 'r2'],
    ['gender=="Male"', 'r2'],
    ['gender==https://uri.etsi.org/ngsi-ld/default-context/Male', 'r2'],
    ['name=="Sol"|temperature==30', 'r1 r2'],
    ['(name=="Sol"|temperature==30);isIn==urn:ngsi-ld:b2', 'r2'],
    ['name=="Sol"|temperature==30;isIn==urn:ngsi-ld:b2', 'r1 r2'],
    ['((temperature>=20;temperature<=22)|floors>5)', 'r1 b2'],
    ['name;createdAt>2020-01-01T00:00:00Z', 'r1 r2 r3 b1 c1'],
    ['temperature.createdAt>2020-01-01T00:00:00Z', 'r1 r2 r3'],
  ])('q %s finds %s [LD 4.9]', async (text, ids) => {
    expect((await q(text)).join(' ')).toBe(ids);
  });

  test.each([
    ['isIn{floors}==3', 1, 'r1 r2'],
    ['isIn{floors}>5', 1, 'r2'],
    ['isIn{Building:floors}>5', 1, 'r2'],
    ['isIn{Hall:floors}>5', 1, ''],
    ['isIn{isIn{name}}=="Madrid"', 2, 'r1 r2'],
    ['isIn{isIn{City:name}}=="Madrid";name=="Sol"', 2, 'r1'],
    ['route{floors}', 1, 'r3'],
  ])('q %s follows links, to a depth of %i, and finds %s [LD 4.9]', async (text, level, ids) => {
    const query = `local=true&join=inline&joinLevel=${level}&q=${encodeURIComponent(text)}`;
    expect((await api.find(query)).join(' ')).toBe(ids);
  });

  test('q that follows links needs a join as deep [LD 5.7.2]', async () => {
    const path = `/entities?type=Room&q=${encodeURIComponent('isIn{isIn{name}}=="Madrid"')}`;
    expect((await api.ld('GET', path)).statusCode).toBe(400);
    expect((await api.ld('GET', `${path}&join=flat`)).statusCode).toBe(400);
  });

  test('q takes terms of the context for values where it is told to [LD 4.9]', async () => {
    expect(await api.find('type=Hall&q=gender==Male&expandValues=gender')).toEqual(['r2']);
  });

  test.each([
    'temperature==',
    'temperature=20',
    'temperature==abc',
    'temperature>true',
    '(temperature',
    'temperature)',
    'temperature;',
    '"a"==1',
    'temperature==1..',
    'temperature==1.."a"',
    'name~=(',
    'address[==1',
    'isIn{floors==1',
    'name=="a\\x"',
    '9a==1',
  ])('q %s is refused [LD 4.9]', async (text) => {
    const answer = await api.ld('GET', `/entities?type=Room&q=${encodeURIComponent(text)}`);
    expect([answer.statusCode, answer.json<{ type: string }>().type]).toEqual([
      400,
      'https://uri.etsi.org/ngsi-ld/errors/BadRequestData',
    ]);
    expect(answer.json<{ detail: string }>().detail).toMatch(/^q is not well formed/);
  });

  test.each([
    ['type=Room', 'r1 r2'],
    ['type=Room,Building', 'r1 r2 b1 b2'],
    ['type=Hall%7CCity', 'r2 r3 c1'],
    ['type=(Room;Hall)', 'r2'],
    ['type=(Room;Hall)%7CCity', 'r2 c1'],
    ['type=*&id=urn:ngsi-ld:r1,urn:ngsi-ld:c1', 'r1 c1'],
    ['type=Room&idPattern=2$', 'r2'],
    ['type=*&idPattern=ld:r.+', 'r1 r2 r3'],
    ['attrs=floors,mayor', 'b1 b2 c1'],
    ['type=Nothing', ''],
  ])('%s finds %s [LD 4.17] [LD 5.7.2]', async (query, ids) => {
    expect((await api.find(query)).join(' ')).toBe(ids);
  });

  test.each([
    ['/Madrid/Gardens/North', 'r1'],
    ['/Madrid', ''],
    ['/Madrid/#', 'r1 r2'],
    ['/Madrid/+/North', 'r1'],
    ['/Madrid/+', 'r2'],
    ['/#', 'r1 r2'],
    ['(/Madrid/Sights;/CompanyA)', 'r2'],
    ['(/Madrid/Sights;/CompanyB),/Madrid/Gardens/#', 'r1'],
    ['CompanyA|/Madrid/Gardens/North', 'r1 r2'],
  ])('scopeQ %s finds %s [LD 4.19]', async (text, ids) => {
    expect((await api.find(`local=true&scopeQ=${encodeURIComponent(text)}`)).join(' ')).toBe(ids);
  });

  const box = '[[[1,40],[3,40],[3,42],[1,42],[1,40]]]';

  test.each([
    ['georel=near;maxDistance==200&geometry=Point&coordinates=[2,41]', 'r1 r2'],
    ['georel=near;maxDistance==50&geometry=Point&coordinates=[2,41]', 'r1'],
    ['georel=near;minDistance==50&geometry=Point&coordinates=[2,41]', 'r2'],
    ['georel=near;maxDistance==50&geometry=LineString&coordinates=[[1.9,41],[2.1,41]]', 'r1 r2'],
    [`georel=within&geometry=Polygon&coordinates=${box}`, 'r1 r2'],
    [`georel=disjoint&geometry=Polygon&coordinates=${box}`, ''],
    ['georel=equals&geometry=Point&coordinates=[2,41]&geoproperty=observationSpace', 'r2'],
    ['georel=intersects&geometry=Point&coordinates=[2,41]&geoproperty=name', ''],
  ])('%s finds %s [LD 4.10]', async (query, ids) => {
    expect((await api.find(query)).join(' ')).toBe(ids);
  });

  test.each([
    'georel=near&geometry=Point&coordinates=[2,41]',
    'georel=near;maxDistance==0&geometry=Point&coordinates=[2,41]',
    'georel=near;maxDistance==1;minDistance==1&geometry=Point&coordinates=[2,41]',
    'georel=within&geometry=Polygon',
    'georel=within&geometry=Polygon&coordinates=[[[1,40],[3,40],[3,42]]]',
    'georel=beside&geometry=Point&coordinates=[2,41]',
    'georel=within&geometry=GeometryCollection&coordinates=[]',
    'georel=within&geometry=Point&coordinates=2,41',
  ])('%s is refused [LD 4.10]', async (query) => {
    expect((await api.ld('GET', `/entities?${query}`)).statusCode).toBe(400);
  });

  test.each([
    ['type=*&attrs=name&orderBy=name', 'r3 c1 r2 b1 r1'],
    ['type=*&attrs=name&orderBy=name;desc', 'r1 b1 r2 c1 r3'],
    ['type=Room,Hall&orderBy=temperature', 'r3 r1 r2'],
    ['type=Room,Building&orderBy=floors;desc,name', 'r2 r1 b2 b1'],
    ['type=Room,Hall&orderBy=location;dist-asc&orderFrom=[9,9]', 'r2 r1 r3'],
    ['type=Room,Hall&orderBy=address[city]', 'r1 r2 r3'],
  ])('%s comes as %s [LD 4.23]', async (query, ids) => {
    expect((await api.find(query)).join(' ')).toBe(ids);
  });

  test.each(['orderBy=location;dist-asc', 'orderBy=name;up', 'orderBy=name&collation=not_a_tag', 'orderBy=name,'])(
    '%s is refused [LD 5.7.2]',
    async (order) => {
      expect((await api.ld('GET', `/entities?type=Room&${order}`)).statusCode).toBe(400);
    },
  );

  test('pages link to those beside them, and tell the number of matches where that is asked for [LD 5.5.9] [LD 6.3.13]', async () => {
    const first = await api.ld('GET', '/entities?type=*&limit=2&count=true');
    expect(first.headers['ngsild-results-count']).toBe('6');
    expect(first.headers.link).toContain(
      '</ngsi-ld/v1/entities?type=*&count=true&limit=2&offset=2>; rel="next"; type="application/json"',
    );
    expect(first.headers.link).not.toContain('prev');
    const last = await api.ld('GET', '/entities?type=*&limit=4&offset=4');
    expect(last.json()).toHaveLength(2);
    expect(last.headers.link).toContain('</ngsi-ld/v1/entities?type=*&limit=4&offset=0>; rel="prev"');
    expect(last.headers.link).not.toContain('next');
    const none = await api.ld('GET', '/entities?type=*&limit=0&count=true');
    expect([none.json(), none.headers['ngsild-results-count']]).toEqual([[], '6']);
  });

  test.each([
    'limit=0',
    'limit=-1',
    'offset=x',
    'count=yes',
    'format=xml',
    'options=unknown',
    'id=b1',
    'join=around',
    'join=inline&joinLevel=0',
    'nonsense=1',
    'splitEntities=perhaps',
    'entityMap=yes',
    'entityMapLifetime=10m',
    'idPattern=(',
    'lang=!',
    'datasetId=d',
    'pick=a{b}',
    'type=',
  ])('%s is refused', async (query) => {
    expect((await api.ld('GET', `/entities?type=Room&${query}`)).statusCode).toBe(400);
  });

  test('a page that is too large is too many results [LD 4.12]', async () => {
    const answer = await api.ld('GET', '/entities?type=Room&limit=1001');
    expect([answer.statusCode, answer.json().type]).toEqual([
      403,
      'https://uri.etsi.org/ngsi-ld/errors/TooManyResults',
    ]);
  });

  test('an entity map is declined: no answer names one [LD 5.5.14]', async () => {
    const answer = await api.ld(
      'GET',
      '/entities?type=Room&entityMap=true&entityMapLifetime=PT1H30M&splitEntities=true',
    );
    expect([answer.statusCode, answer.headers['ngsild-entitymap']]).toEqual([200, undefined]);
  });

  test.each(['', 'id=urn:ngsi-ld:r1', 'scopeQ=/%23', 'attrs=createdAt', 'q=createdAt', 'type=*&local=false'])(
    'a query that is too wide is refused: %s [LD 5.7.2]',
    async (query) => {
      expect((await api.ld('GET', `/entities?${query}`)).statusCode).toBe(400);
    },
  );

  test('linked entities are shown within those that link to them [LD 4.5.23.2]', async () => {
    const query = '?join=inline&joinLevel=2&pick=id,isIn%7Bfloors,isIn%7Bname%7D%7D&format=concise';
    expect(await api.get('urn:ngsi-ld:r1', query)).toEqual({
      id: 'urn:ngsi-ld:r1',
      isIn: {
        object: 'urn:ngsi-ld:b1',
        entity: { floors: 3, isIn: { object: 'urn:ngsi-ld:c1', entity: { name: 'Madrid' } } },
      },
    });
    expect(await api.get('urn:ngsi-ld:r3', '?join=inline&format=simplified&pick=route%7Bid,floors%7D')).toEqual({
      route: [{ id: 'urn:ngsi-ld:b2', floors: 7 }],
    });
    const contained = '?join=inline&containedBy=urn:ngsi-ld:b1&format=simplified&pick=isIn';
    expect(await api.get('urn:ngsi-ld:r1', contained)).toEqual({ isIn: 'urn:ngsi-ld:b1' });
  });

  test('linked entities are shown beside those that link to them, each once [LD 4.5.23.3]', async () => {
    const answer = await api.ld('GET', '/entities?type=Room&join=flat&joinLevel=2&format=simplified&pick=id,isIn');
    expect(answer.json<{ id: string }[]>().map(({ id }) => id.replace('urn:ngsi-ld:', ''))).toEqual([
      'r1',
      'r2',
      'b1',
      'b2',
      'c1',
    ]);
    expect((await api.ld('GET', '/entities/urn:ngsi-ld:r1?join=flat')).json()).toHaveLength(2);
  });

  test('a query can be a document [LD 5.2.23] [LD 6.23]', async () => {
    const ask = async (body: object, query = '') =>
      (await api.ld('POST', `/entityOperations/query${query}`, { body: { type: 'Query', ...body } })).json<
        { id: string }[]
      >();
    const ids = async (body: object) => (await ask(body)).map(({ id }) => id.replace('urn:ngsi-ld:', '')).join(' ');
    expect(await ids({ entities: [{ type: 'Room' }], q: 'temperature>20' })).toBe('r2');
    expect(await ids({ entities: [{ type: '(Room;Hall)' }, { id: 'urn:ngsi-ld:c1', type: 'City' }] })).toBe('r2 c1');
    expect(
      await ids({
        entities: [
          { id: 'urn:ngsi-ld:r1', type: 'Room' },
          { idPattern: '^urn.*b', type: 'Building' },
        ],
      }),
    ).toBe('r1 b1 b2');
    expect(await ids({ geoQ: { georel: 'near;maxDistance==50', geometry: 'Point', coordinates: [2, 41] } })).toBe('r1');
    expect(
      await ids({
        entities: [{ type: 'Room,Hall' }],
        ordering: { orderBy: ['temperature;desc'], collation: 'und' },
        scopeQ: '/#',
      }),
    ).toBe('r2 r1');
    expect(await ask({ entities: [{ type: 'City' }], pick: ['id', 'name'] }, '?options=keyValues&count=true')).toEqual([
      { id: 'urn:ngsi-ld:c1', name: 'Madrid' },
    ]);
    for (const body of [
      { type: 'Question' },
      { type: 'Query', entities: [] },
      { type: 'Query', entities: [{ type: 'T', x: 1 }] },
      { type: 'Query', x: 1 },
      { type: 'Query' },
    ]) {
      expect([body, (await api.ld('POST', '/entityOperations/query', { body })).statusCode]).toEqual([body, 400]);
    }
  });

  test('types and attributes are described [LD 5.7.5] [LD 5.7.8]', async () => {
    const iri = (term: string) => `https://uri.etsi.org/ngsi-ld/default-context/${term}`;
    const types = (await api.ld('GET', '/types')).json();
    expect(types).toEqual({
      id: expect.stringMatching(/^urn:ngsi-ld:EntityTypeList:/),
      type: 'EntityTypeList',
      typeList: ['Building', 'City', 'Hall', 'Room'],
    });
    const [building] = (await api.ld('GET', '/types?details=true')).json();
    expect(building).toEqual({
      id: iri('Building'),
      type: 'EntityType',
      typeName: 'Building',
      attributeNames: ['floors', 'isIn', 'name'],
    });
    expect((await api.ld('GET', '/types/City')).json()).toEqual({
      id: iri('City'),
      type: 'EntityTypeInfo',
      typeName: 'City',
      entityCount: 1,
      attributeDetails: ['mayor', 'name'].map((name) => ({
        id: iri(name),
        type: 'Attribute',
        attributeName: name,
        attributeTypes: ['Property'],
      })),
    });
    expect((await api.ld('GET', '/types/Nothing')).statusCode).toBe(404);
    expect((await api.ld('GET', '/attributes')).json()).toMatchObject({
      type: 'AttributeList',
      attributeList: expect.arrayContaining(['floors', 'location']),
    });
    expect((await api.ld('GET', '/attributes?details=true')).json()).toContainEqual({
      id: 'https://uri.etsi.org/ngsi-ld/location',
      type: 'Attribute',
      attributeName: 'location',
      typeNames: ['Hall', 'Room'],
    });
    expect((await api.ld('GET', '/attributes/temperature')).json()).toEqual({
      id: iri('temperature'),
      type: 'Attribute',
      attributeName: 'temperature',
      attributeCount: 3,
      attributeTypes: ['Property'],
      typeNames: ['Hall', 'Room'],
    });
    expect((await api.ld('GET', '/attributes/nothing')).statusCode).toBe(404);
  });
});
