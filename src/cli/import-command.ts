import { createReadStream, statSync } from 'node:fs';
import { Command, Option } from 'commander';
import { isMongoUri } from '../config/option-kinds.ts';
import type { TenantName } from '../core/scope.ts';
import { type ImportConflict, type ImportSummary, importTenant } from './import.ts';
import type { MongoImportOptions } from './mongo-transfer.ts';
import { readConfig } from './read-config.ts';
import { parseTenantArgument } from './tenant-argument.ts';
import { createTransferProgress } from './transfer-progress.ts';

interface ImportFlags {
  readonly data?: string;
  readonly store?: string;
  readonly tenant?: TenantName;
  readonly onConflict: ImportConflict;
  readonly fromOrion?: string;
  readonly dryRun?: boolean;
}

/** `oriel import`: what `oriel export` wrote, into a data directory on which no broker is running, or a MongoDB. */
export function importCommand(): Command {
  const conflicts: readonly ImportConflict[] = ['fail', 'skip', 'replace'];
  return new Command('import')
    .description(
      'Store the entities of an export; no broker may be running on a data directory, any may on a MongoDB. One that broke off is finished by running it again.',
    )
    .argument('[file]', 'file to read; without it, the standard input')
    .option('--store <store>', 'embedded, or the connection string of a MongoDB [ORIEL_STORE, default embedded]')
    .option('--data <directory>', 'directory that keeps the data [ORIEL_DATA, default ./data]')
    .option('--tenant <name>', 'tenant, as in Fiware-Service; without it, the default tenant', parseTenantArgument)
    .addOption(
      new Option('--on-conflict <what>', 'an entity that is there already, with other content')
        .choices(conflicts)
        .default('fail'),
    )
    .option(
      '--from-orion <uri>',
      'instead of a file, the MongoDB of an Orion 3 or 4, every tenant: mongodb://host/orion',
    )
    .option('--dry-run', 'with --from-orion, store nothing and report what would happen')
    .action(async (file: string | undefined, flags: ImportFlags) => {
      process.exitCode = await runImport(file, flags);
    });
}

async function runImport(file: string | undefined, flags: ImportFlags): Promise<0 | 1> {
  const { data, store, tenant = '' as TenantName, onConflict } = flags;
  if (flags.fromOrion !== undefined) return importFromOrion(flags.fromOrion, flags);
  const config = readConfig({ ...(data !== undefined && { data }), ...(store !== undefined && { store }) });
  const progress = createTransferProgress('bytes');
  try {
    const total = file === undefined ? undefined : statSync(file).size;
    const input = file === undefined ? process.stdin : createReadStream(file);
    const options = {
      tenant,
      input,
      onConflict,
      onProgress: ({ bytes }: ImportSummary) => progress.advance(bytes, total ?? bytes),
    };
    const summary = isMongoUri(config.store)
      ? await intoMongo({ ...options, uri: config.store })
      : await importTenant({ ...options, directory: config.data });
    progress.finish();
    process.stderr.write(`oriel import: ${renderSummary(summary)}\n`);
    return 0;
  } catch (error) {
    progress.finish();
    process.stderr.write(`oriel import: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

async function importFromOrion(uri: string, { data, store, onConflict, dryRun = false }: ImportFlags): Promise<0 | 1> {
  const config = readConfig({ ...(data !== undefined && { data }), ...(store !== undefined && { store }) });
  const { runOrionImport } = await import('./orion/run-orion-import.ts');
  try {
    return await runOrionImport({ uri, config, onConflict, dryRun });
  } catch (error) {
    process.stderr.write(`oriel import: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

/** The driver takes a while to load, and other imports have no use for it. */
async function intoMongo(options: MongoImportOptions): Promise<ImportSummary> {
  const { importMongoTenant } = await import('./mongo-transfer.ts');
  return importMongoTenant(options);
}

function renderSummary({ created, unchanged, replaced, skipped }: ImportSummary): string {
  return `${created} entities created, ${unchanged} unchanged, ${replaced} replaced, ${skipped} skipped`;
}
