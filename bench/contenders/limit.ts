import { writeFileSync } from 'node:fs';
import { results } from '../city/prepare-data.ts';
import type { Answer, BenchRequest, Contender } from './contender.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** The servers that a workload can be measured beside: `bench/limits/<name>.ts`. */
export type LimitServer = 'fastify-route' | 'node-http';

export interface Limit extends Contender {
  readonly role: 'limit';
  readonly process: ServerProcess;
  stop(): Promise<void>;
}

/** What a limit server answers: the answer to a request, by method and path, or the first one to all that it does not know. */
export interface KnownAnswers {
  readonly first: Answer;
  readonly byRequest: readonly (readonly [request: string, answer: Answer])[];
}

/** Starts a server that gives these answers and does nothing else. */
export async function startLimit(
  name: LimitServer,
  answers: readonly (readonly [BenchRequest, Answer])[],
): Promise<Limit> {
  const [first] = answers;
  if (first === undefined) throw new Error('a limit without answers');
  const known: KnownAnswers = {
    first: first[1],
    byRequest: answers.map(([{ method, path }, answer]) => [`${method} ${path}`, answer]),
  };
  const file = `${results}/answers.json`;
  writeFileSync(file, JSON.stringify(known));
  const process = await startServer(['--import', 'tsx', `bench/limits/${name}.ts`, file], {}, '/');
  return { name, role: 'limit', url: process.url, headers: {}, process, stop: () => process.stop() };
}
