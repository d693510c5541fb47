import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { afterAll, inject } from 'vitest';
import type { MongoUri } from '../../../src/config/option-kinds.ts';

/** Where the MongoDB of this run is; undefined: there is none here, and what needs it is left out. */
export const mongodb = inject('mongodb');

const used: string[] = [];

/** A connection string of a database that nobody else uses; it is gone, with those of its tenants, when the tests of the file are over. */
export function newMongoPlace(): MongoUri {
  if (mongodb === undefined) throw new Error('there is no MongoDB');
  const name = `t${randomBytes(6).toString('hex')}`;
  used.push(name);
  return inDatabase(mongodb.uri, name) as MongoUri;
}

/** The connection string with another database. */
export function inDatabase(uri: string, name: string): string {
  return uri.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${name}`);
}

/** Registers that what `newMongoPlace` gave is removed; for each file that asks for some. */
export function removeMongoPlaces(): void {
  afterAll(async () => {
    // One that was started for this run goes with all that is in it, sooner than a database is dropped.
    if (mongodb === undefined || !mongodb.isKept || used.length === 0) return;
    const client = new MongoClient(mongodb.uri);
    try {
      const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
      const ours = databases.filter(({ name }) => used.some((place) => name === place || name.startsWith(`${place}-`)));
      for (const { name } of ours) await client.db(name).dropDatabase();
      used.length = 0;
    } finally {
      await client.close();
    }
  });
}
