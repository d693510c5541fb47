import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openMongoTransfer } from '../adapters/stores/mongodb/transfer.ts';
import type { Entity } from '../core/entity/entity.ts';
import { encodeEntity } from '../core/entity/stored-form.ts';
import type { TenantName } from '../core/scope.ts';
import type { EntityStore, WriteCommand } from '../ports/entity-store.ts';
import type { Log } from '../ports/log.ts';
import { type ImportConflict, type ImportSummary, maxLineBytes, parseLine } from './import.ts';
import { readLines } from './lines.ts';

export interface MongoExportOptions {
  readonly uri: string;
  readonly tenant: TenantName;
  readonly output: Writable;
  readonly onProgress?: (exported: number, total: number) => void;
}

/** As `exportTenant`, of a tenant in MongoDB; what is written meanwhile may or may not be in it. */
export async function exportMongoTenant({ uri, tenant, output, onProgress }: MongoExportOptions): Promise<number> {
  const transfer = await openMongoTransfer(uri, tenant, silent);
  try {
    if (!transfer.exists) {
      throw new Error(`${tenant === '' ? 'the default tenant' : `tenant '${tenant}'`} has no data in that MongoDB`);
    }
    let exported = 0;
    async function* lines(): AsyncGenerator<string> {
      for await (const { texts, total } of transfer.texts()) {
        yield `${texts.join('\n')}\n`;
        exported += texts.length;
        onProgress?.(exported, total);
      }
    }
    await pipeline(lines, output);
    return exported;
  } finally {
    await transfer.close();
  }
}

export interface MongoImportOptions {
  readonly uri: string;
  readonly tenant: TenantName;
  readonly input: Readable;
  readonly onConflict: ImportConflict;
  readonly onProgress?: (summary: ImportSummary) => void;
}

/** Entities in one commit. */
const maxCommitLines = 500;

/** As `importTenant`, into MongoDB; brokers may be running on it, and see what is imported commit by commit. It wakes no subscription. */
export async function importMongoTenant({
  uri,
  tenant,
  input,
  onConflict,
  onProgress,
}: MongoImportOptions): Promise<ImportSummary> {
  const transfer = await openMongoTransfer(uri, tenant, silent);
  const summary = { bytes: 0, created: 0, unchanged: 0, replaced: 0, skipped: 0 };
  let waiting: NumberedEntity[] = [];
  const commit = async () => {
    const some = waiting;
    waiting = [];
    for (const outcome of await store(transfer.entities, some, onConflict)) summary[outcome]++;
    onProgress?.({ ...summary });
  };
  try {
    for await (const line of readLines(input, maxLineBytes)) {
      if (line.text.trim() !== '') {
        try {
          waiting.push({ line: line.number, entity: parseLine(line) });
        } catch (error) {
          await commit();
          throw error;
        }
      }
      if (waiting.length >= maxCommitLines) await commit();
      summary.bytes = line.bytes;
    }
    await commit();
  } finally {
    await transfer.close();
  }
  return summary;
}

interface NumberedEntity {
  readonly line: number;
  readonly entity: Entity;
}

type Outcome = 'created' | 'unchanged' | 'replaced' | 'skipped';

/** All in one commit; if one of them must not be, those before it. */
async function store(
  entities: EntityStore,
  some: readonly NumberedEntity[],
  onConflict: ImportConflict,
): Promise<readonly Outcome[]> {
  if (some.length === 0) return [];
  const commands = some.map((one) => commandOf(one, onConflict));
  try {
    return await entities.write(commands);
  } catch (error) {
    if (!(error instanceof ImportRefused)) throw error;
    await entities.write(
      commands.slice(
        0,
        some.findIndex(({ line }) => line === error.line),
      ),
    );
    throw error;
  }
}

class ImportRefused extends Error {
  readonly line: number;

  constructor({ line, entity }: NumberedEntity) {
    super(`line ${line}: ${entity.id} (${entity.types}) is there already, with other content`);
    this.line = line;
  }
}

function commandOf(numbered: NumberedEntity, onConflict: ImportConflict): WriteCommand<Outcome> {
  const { entity } = numbered;
  const text = encodeEntity(entity);
  const identity = identityOf(entity);
  return {
    target: { id: entity.id, scopes: [] },
    decide(found) {
      const record = found.find((each) => identityOf(each.entity) === identity);
      if (record === undefined) {
        return {
          result: 'created',
          writes: [{ kind: 'create', change: { kind: 'created', after: entity, attributes: [] } }],
        };
      }
      if (encodeEntity(record.entity) === text) return { result: 'unchanged', writes: [] };
      if (onConflict === 'skip') return { result: 'skipped', writes: [] };
      if (onConflict === 'fail') throw new ImportRefused(numbered);
      const change = { kind: 'updated', before: record.entity, after: entity, attributes: [] } as const;
      return { result: 'replaced', writes: [{ kind: 'update', record, change }] };
    },
  };
}

/** An entity is known by id, types and scopes. */
function identityOf({ id, types, scopes }: Entity): string {
  return JSON.stringify([id, [...types].sort(), [...scopes].sort()]);
}

/** What goes wrong is told by the command itself. */
const silent: Log = { info() {}, warn() {}, error() {} };
