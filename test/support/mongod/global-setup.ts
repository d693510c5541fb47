import type { TestProject } from 'vitest/node';
import { findMongod } from './mongod-binary.ts';
import { ReplicaSet } from './replica-set.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where tests find a MongoDB, whether it outlives the run, and a program to start others with; absent: there is none here. */
    readonly mongodb: { readonly uri: string; readonly isKept: boolean; readonly binary?: string } | undefined;
  }
}

/**
 * One MongoDB for the whole run: that of `MONGODB_URI` or a mongod that is started, a replica set of one. Without one a continuous
 * integration (`CI`) fails, and anybody else is told that the tests of MongoDB are left out.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.MONGODB_URI;
  const binary = await findMongod();
  if (given !== undefined && given !== '') {
    project.provide('mongodb', { uri: given, isKept: true, ...('path' in binary && { binary: binary.path }) });
    return undefined;
  }
  if ('missing' in binary) {
    const message = `there is no mongod: set MONGODB_URI, or put mongod on the PATH (${binary.missing})`;
    if (process.env.CI) throw new Error(message);
    console.warn(`\n\n  THE TESTS OF MONGODB ARE LEFT OUT: ${message}\n\n`);
    project.provide('mongodb', undefined);
    return undefined;
  }
  const set = await ReplicaSet.start(binary.path, 1);
  project.provide('mongodb', { uri: set.uri, isKept: false, binary: binary.path });
  return () => set.stop();
}
