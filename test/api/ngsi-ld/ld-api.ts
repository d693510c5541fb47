import type { LightMyRequestResponse } from 'fastify';
import { type ApiUnderTest, anApi, type ConfigUnderTest, type SendOptions } from '../api-under-test.ts';

/** The broker, spoken to in NGSI-LD. */
export interface LdApi extends ApiUnderTest {
  /** Below `/ngsi-ld/v1`. */
  ld(method: string, path: string, options?: SendOptions): Promise<LightMyRequestResponse>;
  /** Creates entities, one after the other. */
  create(...entities: object[]): Promise<void>;
  /** The entity as it is retrieved. */
  get(id: string, query?: string): Promise<Record<string, unknown>>;
  /** The ids of the entities that a query finds, in order. */
  find(query: string): Promise<string[]>;
}

export async function anLdApi(changes: ConfigUnderTest = {}): Promise<LdApi> {
  const api = await anApi(changes);
  const ld: LdApi['ld'] = (method, path, options) => api.send(method, `/ngsi-ld/v1${path}`, options);
  return {
    ...api,
    ld,
    async create(...entities) {
      for (const body of entities) {
        const { statusCode, body: answer } = await ld('POST', '/entities', { body });
        if (statusCode !== 201) throw new Error(`not created: ${answer}`);
      }
    },
    async get(id, query = '') {
      return (await ld('GET', `/entities/${id}${query}`)).json();
    },
    async find(query) {
      const answer = await ld('GET', `/entities?${query}`);
      if (answer.statusCode !== 200) throw new Error(`not answered: ${answer.body}`);
      return answer.json<{ id: string }[]>().map(({ id }) => id.replace('urn:ngsi-ld:', ''));
    },
  };
}

export const jsonLd = { 'content-type': 'application/ld+json' };

export const coreContext = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld';

export function problem(type: string, status: number, title: string, detail: string): object {
  return { type: `https://uri.etsi.org/ngsi-ld/errors/${type}`, title, detail, status };
}
