import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { lockDirectory } from '../adapters/stores/embedded/directory-lock.ts';
import { IdentityTable } from '../adapters/stores/embedded/identity-table.ts';
import { TenantFile } from '../adapters/stores/embedded/tenant-file.ts';
import { tenantFileName } from '../adapters/stores/embedded/tenant-file-name.ts';
import type { Entity } from '../core/entity/entity.ts';
import { parseStoredEntity } from '../core/entity/parse-stored-entity.ts';
import { decodeEntity, encodeEntity } from '../core/entity/stored-form.ts';
import type { TenantName } from '../core/scope.ts';
import type { Line } from './lines.ts';
import { readLines } from './lines.ts';

/** What to do about an entity that is there already, with other content. */
export type ImportConflict = 'fail' | 'skip' | 'replace';

export interface ImportOptions {
  /** The data directory, made if it is not there; no broker may be running on it. */
  readonly directory: string;
  readonly tenant: TenantName;
  /** Bytes of NDJSON, as `exportTenant` writes them. */
  readonly input: Readable;
  readonly onConflict: ImportConflict;
  /** Called after every commit. */
  readonly onProgress?: (summary: ImportSummary) => void;
}

export interface ImportSummary {
  /** Bytes of the input up to here. */
  readonly bytes: number;
  readonly created: number;
  /** Entities that were there, with the same content. */
  readonly unchanged: number;
  readonly replaced: number;
  readonly skipped: number;
}

/** The longest line that an import takes. */
export const maxLineBytes = 64 * 1024 * 1024;

/** What one commit takes, whichever comes first. */
const maxCommitRows = 1000;
const maxCommitCharacters = 4_000_000;

/**
 * Stores the entities of an export, line by line, in the order of the lines.
 *
 * An entity is known by id, types and scopes. One that is there with the same content is left alone, so an import that
 * broke off is finished by running it again. A line that is no entity, or meets an entity with other content where
 * `onConflict` is `fail`, rejects with an error that names the line; the lines before it are stored, those after it are not.
 *
 * Memory does not grow with the tenant nor with the input. Rejects with `DirectoryInUseError` if a broker runs on the directory.
 */
export async function importTenant(options: ImportOptions): Promise<ImportSummary> {
  mkdirSync(options.directory, { recursive: true });
  const lock = lockDirectory(options.directory);
  try {
    const file = TenantFile.open(join(options.directory, tenantFileName(options.tenant)));
    const identities = new IdentityTable();
    try {
      return await importLines(file, identities, options);
    } finally {
      identities.close();
      file.close();
    }
  } finally {
    lock.release();
  }
}

async function importLines(
  file: TenantFile,
  identities: IdentityTable,
  { input, onConflict, onProgress }: ImportOptions,
): Promise<ImportSummary> {
  for (const { sequences, texts } of file.chunks()) {
    for (const [position, sequence] of sequences.entries()) {
      identities.set(decodeEntity(texts[position] ?? ''), sequence);
    }
  }
  const counters = file.counters();
  const summary = { bytes: 0, created: 0, unchanged: 0, replaced: 0, skipped: 0 };
  const rows = new Map<number, string>();
  let characters = 0;

  function put(sequence: number, text: string): void {
    rows.set(sequence, text);
    characters += text.length;
    if (rows.size >= maxCommitRows || characters >= maxCommitCharacters) commit();
  }

  function commit(): void {
    if (rows.size > 0) file.commit({ sequences: [...rows.keys()], texts: [...rows.values()], ...counters });
    rows.clear();
    characters = 0;
    onProgress?.({ ...summary });
  }

  function take(line: Line): void {
    const entity = parseLine(line);
    const text = encodeEntity(entity);
    const sequence = identities.sequenceOf(entity);
    if (sequence === undefined) {
      counters.lastSequence++;
      counters.entities++;
      identities.set(entity, counters.lastSequence);
      summary.created++;
      put(counters.lastSequence, text);
    } else if ((rows.get(sequence) ?? file.textOf(sequence)) === text) {
      summary.unchanged++;
    } else if (onConflict === 'replace') {
      summary.replaced++;
      put(sequence, text);
    } else if (onConflict === 'skip') {
      summary.skipped++;
    } else {
      throw new Error(`line ${line.number}: ${entity.id} (${entity.types}) is there already, with other content`);
    }
  }

  try {
    for await (const line of readLines(input, maxLineBytes)) {
      if (line.text.trim() !== '') take(line);
      summary.bytes = line.bytes;
    }
  } finally {
    commit();
  }
  return summary;
}

/** Throws an error that names the line. */
export function parseLine(line: Line): Entity {
  try {
    return parseStoredEntity(line.text);
  } catch (error) {
    throw new Error(`line ${line.number}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
