import { decodeEntity } from '../../../core/entity/stored-form.ts';
import type { TenantName } from '../../../core/scope.ts';
import type { Disk } from './disk.ts';
import type { TenantSummary } from './disk-calls.ts';
import type { EntityIndex } from './index/entity-index.ts';

/** Chunks that the disk thread reads ahead while this thread decodes: enough for neither to wait, few in memory. */
const readAhead = 4;

/**
 * Reads a tenant from the disk into its index, the disk thread reading while this one decodes and indexes.
 * Answers what else the tenant has. Rejects, naming the row, when one cannot be read.
 */
export async function loadTenant(
  disk: Disk,
  tenant: TenantName,
  index: EntityIndex,
  onProgress: (loaded: number, total: number) => void,
): Promise<TenantSummary> {
  const summary = await disk.call('load', { tenant });
  const { total } = summary;
  const read = () => {
    const reading = disk.call('read', { tenant });
    // It is awaited in its turn, or not at all if one before it fails.
    reading.catch(() => undefined);
    return reading;
  };
  const readings = Array.from({ length: readAhead }, read);
  let loaded = 0;
  index.beginLoad();
  for (let next = readings.shift(); next !== undefined; next = readings.shift()) {
    const { sequences, texts } = await next;
    if (sequences.length === 0) continue;
    readings.push(read());
    for (const [position, sequence] of sequences.entries()) putRow(index, tenant, sequence, texts[position] ?? '');
    loaded += sequences.length;
    onProgress(loaded, total);
  }
  index.endLoad();
  if (loaded === 0) onProgress(0, total);
  return summary;
}

function putRow(index: EntityIndex, tenant: TenantName, sequence: number, text: string): void {
  try {
    index.put(sequence, text, decodeEntity(text));
  } catch (error) {
    throw new Error(`entity ${sequence} of tenant '${tenant}' cannot be read`, { cause: error });
  }
}
