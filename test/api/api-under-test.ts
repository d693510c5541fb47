import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { type ComposedBroker, composeBroker } from '../../src/compose.ts';
import { parseConfig } from '../../src/config/config.ts';
import { readContexts, readDefaultContexts } from '../../src/config/contexts.ts';
import { readEndpoints } from '../../src/config/endpoints.ts';
import type { Config } from '../../src/config/options.ts';
import { Availability } from '../../src/http/availability.ts';
import { createServer } from '../../src/http/server.ts';
import { createLog } from '../../src/observe/log.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../support/mongod/mongo-place.ts';

/** The engines that every flow of the API runs on. */
export const storeKinds: readonly StoreKind[] = [
  'memory',
  'embedded',
  ...(mongodb === undefined ? [] : (['mongodb'] as const)),
];

export type StoreKind = 'memory' | 'embedded' | 'mongodb';

/** A configuration, in which `mongodb` stands for a database that nobody else uses. */
export type ConfigUnderTest = Partial<Omit<Config, 'store'>> & { readonly store?: Config['store'] | 'mongodb' };

/** The configuration that the broker gets. */
export function configOf({ store = 'memory', ...changes }: ConfigUnderTest): Config {
  return { ...parseConfig({}), ...changes, store: store === 'mongodb' ? newMongoPlace() : store };
}

removeMongoPlaces();

export interface ApiUnderTest {
  readonly app: FastifyInstance;
  readonly availability: Availability;
  readonly broker: ComposedBroker;
  /** Sends a request; an object as body goes as JSON, a text as it is with the content type given. */
  send(method: string, url: string, options?: SendOptions): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole broker behind its HTTP server, without a socket. */
export async function anApi(changes: ConfigUnderTest = {}, log = createLog('silent')): Promise<ApiUnderTest> {
  const directory = changes.store === 'embedded' ? mkdtempSync(join(tmpdir(), 'oriel-')) : './data';
  const config = configOf({ data: directory, ...changes });
  const availability = new Availability();
  const limits = { filterLength: config.maxFilterLength };
  const endpoints = readEndpoints(config.endpoints);
  const hasEndpoint = (protocol: 'http' | 'mqtt', name: string) => endpoints[protocol].has(name);
  const app = await createServer({ ...config, availability, log, version: '1.2.3', limits, hasEndpoint });
  const broker = await composeBroker(config, endpoints, log, {
    documents: readContexts(config.contexts),
    defaultFor: readDefaultContexts(config.defaultContext),
  });
  availability.ready(broker);
  await app.ready();
  return {
    app,
    availability,
    broker,
    send: (method, url, { body, headers = {} } = {}) =>
      app.inject({
        method: method as 'GET',
        url,
        headers:
          body !== undefined && typeof body !== 'string' ? { 'content-type': 'application/json', ...headers } : headers,
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    async close() {
      await app.close();
      await broker.close();
      if (config.store === 'embedded') rmSync(directory, { recursive: true, force: true });
    },
  };
}
