import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readTenantFile } from '../adapters/stores/embedded/tenant-file.ts';
import { tenantFileName } from '../adapters/stores/embedded/tenant-file-name.ts';
import type { TenantName } from '../core/scope.ts';

export interface ExportOptions {
  /** The data directory; a broker may be running on it. */
  readonly directory: string;
  readonly tenant: TenantName;
  /** Gets NDJSON; ended when all is written, unless it is the standard output. */
  readonly output: Writable;
  readonly onProgress?: (exported: number, total: number) => void;
}

/**
 * Writes all entities of a tenant as they stand at one moment: a line each, in the order of creation, in the form of
 * docs/stored-model.md. Answers their number. Equal tenants give equal bytes.
 *
 * Memory does not grow with the tenant. Rejects if the tenant does not exist or its file is not readable.
 */
export async function exportTenant({ directory, tenant, output, onProgress }: ExportOptions): Promise<number> {
  const path = join(directory, tenantFileName(tenant));
  if (!existsSync(path)) {
    throw new Error(`${tenant === '' ? 'the default tenant' : `tenant '${tenant}'`} has no data in ${directory}`);
  }
  let exported = 0;
  async function* lines(): AsyncGenerator<string> {
    for (const { texts, total } of readTenantFile(path)) {
      yield `${texts.join('\n')}\n`;
      exported += texts.length;
      onProgress?.(exported, total);
    }
  }
  await pipeline(lines, output);
  return exported;
}
