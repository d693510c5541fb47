import { createWriteStream, openSync, renameSync, rmSync } from 'node:fs';
import { Command } from 'commander';
import { isMongoUri } from '../config/option-kinds.ts';
import type { TenantName } from '../core/scope.ts';
import { exportTenant } from './export.ts';
import type { MongoExportOptions } from './mongo-transfer.ts';
import { readConfig } from './read-config.ts';
import { parseTenantArgument } from './tenant-argument.ts';
import { createTransferProgress } from './transfer-progress.ts';

interface ExportFlags {
  readonly data?: string;
  readonly store?: string;
  readonly tenant?: TenantName;
  readonly output?: string;
}

/** `oriel export`: a tenant as NDJSON, for another broker or a backup; the broker may be running. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write all entities of a tenant as NDJSON, a line each; a broker may be running on the data.')
    .option('--store <store>', 'embedded, or the connection string of a MongoDB [ORIEL_STORE, default embedded]')
    .option('--data <directory>', 'directory that keeps the data [ORIEL_DATA, default ./data]')
    .option('--tenant <name>', 'tenant, as in Fiware-Service; without it, the default tenant', parseTenantArgument)
    .option('--output <file>', 'file to write; without it, the standard output')
    .action(async (flags: ExportFlags) => {
      process.exitCode = await runExport(flags);
    });
}

async function runExport({ data, store, tenant = '' as TenantName, output }: ExportFlags): Promise<0 | 1> {
  const config = readConfig({ ...(data !== undefined && { data }), ...(store !== undefined && { store }) });
  const progress = createTransferProgress('entities');
  // A file gets its name when it is whole.
  const partial = output === undefined ? undefined : `${output}.part`;
  try {
    const stream = partial === undefined ? process.stdout : createWriteStream(partial, { fd: openSync(partial, 'w') });
    const options = { tenant, output: stream, onProgress: progress.advance };
    const exported = isMongoUri(config.store)
      ? await fromMongo({ ...options, uri: config.store })
      : await exportTenant({ ...options, directory: config.data });
    if (partial !== undefined && output !== undefined) renameSync(partial, output);
    progress.finish();
    process.stderr.write(`oriel export: ${exported} entities\n`);
    return 0;
  } catch (error) {
    progress.finish();
    if (partial !== undefined) rmSync(partial, { force: true });
    process.stderr.write(`oriel export: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

/** The driver takes a while to load, and other exports have no use for it. */
async function fromMongo(options: MongoExportOptions): Promise<number> {
  const { exportMongoTenant } = await import('./mongo-transfer.ts');
  return exportMongoTenant(options);
}
