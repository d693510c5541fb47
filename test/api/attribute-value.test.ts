import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

const values = {
  text: 'a text',
  number: 21.5,
  whole: 28050,
  yes: true,
  none: null,
  list: [1, 'two'],
  place: { city: 'Madrid', zip: 28050 },
};

const urlOfValue = (name: string) => `/v2/entities/E/attrs/${name}/value`;

describe.each(storeKinds)('[V2 attribute value] on the %s store', (store) => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi({ store });
    await api.send('POST', '/v2/entities?options=keyValues', { body: { id: 'E', type: 'T', ...values } });
  });

  afterAll(() => api.close());

  test.each([
    ['text', undefined, 'text/plain', '"a text"'],
    ['number', undefined, 'text/plain', '21.5'],
    ['whole', '*/*', 'text/plain', '28050'],
    ['yes', 'text/*', 'text/plain', 'true'],
    ['none', 'text/plain', 'text/plain', 'null'],
    ['list', undefined, 'application/json', '[1,"two"]'],
    ['place', '*/*', 'application/json', '{"city":"Madrid","zip":28050}'],
    ['place', 'application/json', 'application/json', '{"city":"Madrid","zip":28050}'],
    ['place', 'text/plain', 'text/plain', '{"city":"Madrid","zip":28050}'],
    ['place', 'text/plain, application/json', 'text/plain', '{"city":"Madrid","zip":28050}'],
    ['place', 'application/json, text/plain', 'application/json', '{"city":"Madrid","zip":28050}'],
  ])('shows %s to Accept: %s as %s', async (name, accept, type, body) => {
    const answer = await api.send('GET', urlOfValue(name), { headers: accept === undefined ? {} : { accept } });
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, type, body]);
  });

  test.each([
    ['number', 'application/json', 'accepted MIME types: text/plain'],
    ['place', 'application/json;q=0, text/plain;q=0', 'acceptable MIME types: application/json, text/plain'],
    ['place', 'text/html', 'no acceptable mime-type in accept header'],
    ['number', 'image/png', 'no acceptable mime-type in accept header'],
  ])('does not show %s to Accept: %s', async (name, accept, description) => {
    const answer = await api.send('GET', urlOfValue(name), { headers: { accept } });
    expect([answer.statusCode, answer.json()]).toEqual([406, { error: 'NotAcceptable', description }]);
  });

  test.each([
    ['text/plain', '"quoted"', 'quoted'],
    ['text/plain', 'true', true],
    ['text/plain', 'null', null],
    ['text/plain', '-3.5', -3.5],
    ['application/json', '{"a":[1]}', { a: [1] }],
    ['application/json', '[]', []],
  ])('takes %s %s', async (type, body, value) => {
    const answer = await api.send('PUT', urlOfValue('text'), { body, headers: { 'content-type': type } });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    const attributes = (await api.send('GET', '/v2/entities/E/attrs?attrs=text&options=keyValues')).json();
    expect(attributes).toEqual({ text: value });
  });

  test.each([
    ['text/plain', 'neither', 400, 'BadRequest'],
    ['text/plain', '"open', 400, 'BadRequest'],
    ['application/json', '{"a":', 400, 'ParseError'],
    ['application/json', '5', 400, 'BadRequest'],
    ['application/xml', '<a/>', 415, 'UnsupportedMediaType'],
  ])('refuses %s %s, and writes nothing', async (type, body, status, error) => {
    const before = await api.send('GET', urlOfValue('number'));
    const answer = await api.send('PUT', urlOfValue('number'), { body, headers: { 'content-type': type } });
    expect([answer.statusCode, answer.json().error]).toEqual([status, error]);
    expect((await api.send('GET', urlOfValue('number'))).body).toBe(before.body);
  });

  test('[V2 update operators] can be an operator', async () => {
    await api.send('PUT', urlOfValue('number'), { body: '5', headers: { 'content-type': 'text/plain' } });
    expect((await api.send('PUT', urlOfValue('number'), { body: { $inc: 2 } })).statusCode).toBe(204);
    expect((await api.send('GET', urlOfValue('number'))).body).toBe('7');
  });

  test('keeps type and metadata', async () => {
    const url = '/v2/entities/E/attrs/whole';
    await api.send('PUT', url, { body: { type: 'Zip', value: 1, metadata: { a: { type: 'Number', value: 1 } } } });
    await api.send('PUT', `${url}/value`, { body: '2', headers: { 'content-type': 'text/plain' } });
    expect((await api.send('GET', url)).body).toBe(
      '{"type":"Zip","value":2,"metadata":{"a":{"type":"Number","value":1}}}',
    );
  });
});
