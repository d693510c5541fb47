import type { Broker } from '../../broker/broker.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { findIn } from './entity-batches.ts';

/** What tells one state of the rows of a dataset from another. */
export interface ContentVersion {
  /** The same as long as nothing changed: neither the rows nor what is said of the dataset. */
  readonly tag: string;
  readonly rows: number;
  /** When a row changed last; undefined where there are none. */
  readonly changedAt?: EpochMs;
}

/**
 * The state in which the rows are now: how many there are and when one changed last. A row that changes, comes or goes
 * changes one of the two; only within the very millisecond of the last change two states can look alike.
 *
 * Cost: the rows are counted and looked over, not read.
 */
export async function contentVersion(broker: Broker, dataset: Dataset): Promise<ContentVersion> {
  const { view, tenant, modifiedAt } = dataset;
  const newest = { by: { kind: 'builtin', name: 'modifiedAt' }, descending: true } as const;
  const { records, count = 0 } = await findIn(broker, tenant, {
    ...view.query,
    order: [newest],
    limit: 1,
    count: true,
  });
  const changedAt = records[0]?.entity.modifiedAt;
  const tag = [modifiedAt, count, changedAt ?? 0].map((part) => part.toString(36)).join('-');
  return { tag, rows: count, ...(changedAt !== undefined && { changedAt }) };
}
