import type { BrokerClient } from './broker-client.ts';
import { renderNgsiEntity } from './ngsi-entity.ts';
import type { SourcedEntity } from './read-entities.ts';

export interface SendOptions {
  readonly client: BrokerClient;
  /** Entities in one request. */
  readonly batch: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  accepted(entities: number): void;
  refused(entity: SourcedEntity, reason: string): void;
}

/** Bodies stay below the megabyte that NGSIv2 brokers take, whatever the number of entities. */
const longestBodyBytes = 900_000;

interface Parcel {
  readonly sourced: SourcedEntity;
  readonly json: string;
}

/**
 * Sends entities in batches, reading no faster than the broker takes them.
 *
 * A batch that is refused is halved until the entities to blame stand alone, so that they do not take the others along.
 * Two rows with one id end as the later says only where they share a batch or `concurrency` is 1.
 * Throws the client's `BrokerError`, and whatever the source throws, once the requests under way have ended.
 */
export async function sendEntities(entities: AsyncIterable<SourcedEntity>, options: SendOptions): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
    for await (const batch of batchesOf(entities, options.batch)) {
      if (failures.length > 0) break;
      const sending = sendBatch(batch, options)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => underWay.delete(sending));
      underWay.add(sending);
      if (underWay.size >= options.concurrency) await Promise.race(underWay);
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
}

async function* batchesOf(entities: AsyncIterable<SourcedEntity>, most: number): AsyncGenerator<readonly Parcel[]> {
  let batch: Parcel[] = [];
  let bytes = 0;
  for await (const sourced of entities) {
    const json = renderNgsiEntity(sourced.entity);
    const size = Buffer.byteLength(json) + 1;
    if (batch.length > 0 && (batch.length >= most || bytes + size > longestBodyBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ sourced, json });
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function sendBatch(batch: readonly Parcel[], options: SendOptions): Promise<void> {
  const answer = await options.client.append(batch.map(({ json }) => json));
  if (answer.kind === 'accepted') {
    options.accepted(batch.length);
    return;
  }
  const [only] = batch;
  if (only !== undefined && batch.length === 1) {
    options.refused(only.sourced, answer.reason);
    return;
  }
  const half = Math.ceil(batch.length / 2);
  await sendBatch(batch.slice(0, half), options);
  await sendBatch(batch.slice(half), options);
}
