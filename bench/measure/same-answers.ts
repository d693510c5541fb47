import { isDeepStrictEqual } from 'node:util';
import { type BenchRequest, type Contender, send } from '../contenders/contender.ts';

/**
 * Fails when brokers do not answer a request alike: the same status, the same entities with the same content in the same order, the same
 * count where one was asked for. How an answer is spelt, and the order of members, is theirs.
 */
export async function expectSameAnswers(
  brokers: readonly Contender[],
  requests: readonly BenchRequest[],
): Promise<void> {
  const [first, ...others] = brokers;
  if (first === undefined || others.length === 0) return;
  for (const request of requests) {
    const expected = await contentOf(first, request);
    for (const other of others) {
      const found = await contentOf(other, request);
      if (isDeepStrictEqual(found, expected)) continue;
      throw new Error(
        `${request.method} ${request.path}: ${other.name} answers ${shown(found)}, ${first.name} ${shown(expected)}`,
      );
    }
  }
}

async function contentOf(broker: Contender, request: BenchRequest): Promise<unknown> {
  const { status, body } = await send(broker, request);
  return { status, content: body === '' ? undefined : JSON.parse(body) };
}

function shown(content: unknown): string {
  return JSON.stringify(content).slice(0, 300);
}
