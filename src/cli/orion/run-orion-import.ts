import { OrionDatabase } from '../../adapters/orion/orion-database.ts';
import { openStores } from '../../compose.ts';
import type { Config } from '../../config/options.ts';
import { compileCondition } from '../../dialects/ngsiv2/notifications/compile-condition.ts';
import { createLog } from '../../observe/log.ts';
import type { Stores } from '../../ports/stores.ts';
import type { ImportConflict } from '../import.ts';
import { createTransferProgress } from '../transfer-progress.ts';
import { importOrion, type LeftOutDocument, type OrionImportSummary } from './import-orion.ts';

/** Documents that are left out, beyond which they are only counted. */
const maxReported = 1000;

export interface OrionImportRequest {
  /** Connection string of the MongoDB that Orion used. */
  readonly uri: string;
  readonly config: Config;
  readonly onConflict: ImportConflict;
  /** Nothing is stored: what would happen is reported. */
  readonly dryRun: boolean;
}

/** `oriel import --from-orion`: the report goes to the standard error. Answers the exit code, 1 where something was left out. */
export async function runOrionImport({ uri, config, onConflict, dryRun }: OrionImportRequest): Promise<0 | 1> {
  const progress = createTransferProgress('documents');
  const source = await OrionDatabase.connect(uri);
  let stores: Stores | undefined;
  let reported = 0;
  try {
    if (!dryRun) stores = await openStores(config, createLog('warn'));
    const summary = await importOrion({
      source,
      stores,
      onConflict,
      compileCondition: (text) => compileCondition(text, Date.now),
      onLeftOut: (document) => {
        if (reported++ < maxReported) process.stderr.write(`left out: ${renderLeftOut(document)}\n`);
      },
      onProgress: (read) => progress.advance(read, read),
    });
    progress.finish();
    process.stderr.write(renderSummary(summary, dryRun));
    return reported === 0 ? 0 : 1;
  } finally {
    progress.finish();
    await source.close();
    await stores?.close();
  }
}

function renderLeftOut({ tenant, collection, id, reason }: LeftOutDocument): string {
  return `${tenant === '' ? 'default tenant' : `tenant ${tenant}`}, ${collection}, ${id}: ${reason}`;
}

const titles = { entities: 'entities', csubs: 'subscriptions', registrations: 'registrations' } as const;

function renderSummary(summary: OrionImportSummary, dryRun: boolean): string {
  const lines = (['entities', 'csubs', 'registrations'] as const).map((collection) => {
    const { created, unchanged, replaced, skipped, leftOut } = summary[collection];
    const done = dryRun
      ? `${created} would come over`
      : `${created} created, ${unchanged} unchanged, ${replaced} replaced, ${skipped} skipped`;
    return `oriel import: ${titles[collection]}: ${done}, ${leftOut} left out\n`;
  });
  return lines.join('');
}
