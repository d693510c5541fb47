import type { BrokerClient } from './broker-client.ts';
import type { Issue } from './issue.ts';
import { readEntities, type SourcedEntity } from './read-entities.ts';
import type { RunnableMapping } from './read-mapping.ts';
import { sendEntities } from './send-entities.ts';
import type { Locate } from './sources/locate-source.ts';
import type { SourceWatch } from './sources/read-source.ts';

export interface LoadOptions extends SourceWatch {
  readonly locate: Locate;
  /** Undefined: a dry run, in which entities are made and not sent. */
  readonly client: BrokerClient | undefined;
  readonly batch: number;
  readonly concurrency: number;
  report(issue: Issue): void;
  /** Told as entities are accepted (made, in a dry run). */
  loaded?(entities: number): void;
}

export interface LoadOutcome {
  /** Accepted by the broker; in a dry run, ready to be sent. */
  readonly loaded: number;
  /** Refused by the broker. */
  readonly refused: number;
}

/** Runs one mapping: source → entities → broker. Throws where nothing can come of it (see `readEntities`, `sendEntities`). */
export async function loadMapping(runnable: RunnableMapping, options: LoadOptions): Promise<LoadOutcome> {
  let loaded = 0;
  let refused = 0;
  const accepted = (entities: number) => {
    loaded += entities;
    options.loaded?.(entities);
  };
  const entities = readEntities(runnable, options);
  if (options.client === undefined) {
    for await (const _ of entities) accepted(1);
    return { loaded, refused };
  }
  await sendEntities(entities, {
    client: options.client,
    batch: options.batch,
    concurrency: options.concurrency,
    accepted,
    refused({ entity, row }: SourcedEntity, reason) {
      refused += 1;
      const { title: mapping, source } = runnable.mapping;
      options.report({ effect: 'entity refused', mapping, source: source.file, row, entity: entity.id, reason });
    },
  });
  return { loaded, refused };
}
