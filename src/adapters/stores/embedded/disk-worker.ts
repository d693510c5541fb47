import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import type { TenantName } from '../../../core/scope.ts';
import type { DirectoryLock } from './directory-lock.ts';
import { lockDirectory } from './directory-lock.ts';
import type { DiskReply, DiskRequest } from './disk-calls.ts';
import type { StoredRows } from './tenant-file.ts';
import { TenantFile } from './tenant-file.ts';
import { tenantFileName, tenantOfFileName } from './tenant-file-name.ts';

// The thread that owns the disk: it may block, so that nothing else has to. `Disk` is its other end.

let directory = '';
let lock: DirectoryLock | undefined;
const files = new Map<TenantName, TenantFile>();
const readings = new Map<TenantName, Iterator<StoredRows>>();

function answer({ kind, request }: DiskRequest): unknown {
  switch (kind) {
    case 'open':
      directory = request.directory;
      mkdirSync(directory, { recursive: true });
      lock = lockDirectory(directory);
      return readdirSync(directory)
        .map(tenantOfFileName)
        .filter((tenant) => tenant !== undefined)
        .sort();
    case 'load': {
      const file = fileOf(request.tenant);
      const { lastSequence, entities, lastOwed } = file.counters();
      readings.set(request.tenant, file.chunks());
      return {
        lastSequence,
        total: entities,
        owed: file.outbox.size,
        lastOwed,
        subscriptions: file.subscriptions.list(),
        documents: file.documents.list(),
      };
    }
    case 'read': {
      const next = readings.get(request.tenant)?.next();
      if (next !== undefined && !next.done) return next.value;
      readings.delete(request.tenant);
      return { sequences: [], texts: [] };
    }
    case 'commit':
      return fileOf(request.tenant).commit(request.commit);
    case 'backlog':
      return fileOf(request.tenant).outbox.backlog();
    case 'owedPage':
      return fileOf(request.tenant).outbox.page(request.subscriptionId, request.after, request.limit);
    case 'deadLetters':
      return fileOf(request.tenant).outbox.deadLetters(request.selection, request.offset, request.limit);
    case 'replay':
      return fileOf(request.tenant).outbox.replay(request.selection, request.now, request.limit);
    case 'purge':
      return fileOf(request.tenant).outbox.purge(request.selection);
    case 'close':
      for (const file of files.values()) file.close();
      files.clear();
      lock?.release();
      return undefined;
  }
}

function fileOf(tenant: TenantName): TenantFile {
  let file = files.get(tenant);
  if (file === undefined) {
    file = TenantFile.open(join(directory, tenantFileName(tenant)));
    files.set(tenant, file);
  }
  return file;
}

parentPort?.on('message', (message: DiskRequest) => {
  let reply: DiskReply;
  try {
    reply = { reply: answer(message) };
  } catch (error) {
    reply = { error: error instanceof Error ? error : new Error(String(error)) };
  }
  parentPort?.postMessage(reply);
});
