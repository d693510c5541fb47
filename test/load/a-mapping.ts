import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Issue } from '../../src/load/issue.ts';
import type { Mapping } from '../../src/load/mapping.ts';
import { renderNgsiEntity } from '../../src/load/ngsi-entity.ts';
import { readEntities } from '../../src/load/read-entities.ts';
import { parseMapping, type RunnableMapping } from '../../src/load/read-mapping.ts';
import { locateIn } from '../../src/load/sources/locate-source.ts';

/** A mapping of a CSV file with the columns `id` and `x`, changed as asked; checked like one from a file. */
export function aMapping(changes: Partial<Mapping> = {}): RunnableMapping {
  return parseMapping('sensors.json', JSON.stringify({ ...plainMapping, ...changes }));
}

export const plainMapping: Mapping = {
  title: 'Sensors',
  source: { format: 'csv', file: 'sensors.csv' },
  entity: { id: 'urn:ngsi-ld:Sensor:{id}', type: 'Sensor' },
  attributes: { x: { type: 'Number', from: 'x' } },
};

/** A directory with these files, gone when the test is over. */
export function aDirectory(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'oriel-load-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}

export interface ReadResult {
  /** As they would be sent, parsed. */
  readonly entities: readonly Record<string, unknown>[];
  readonly rows: readonly number[];
  /** Without the mapping and the source, which are the same for all. */
  readonly issues: readonly Omit<Issue, 'mapping' | 'source'>[];
}

/** All that a mapping makes of the files in a directory. */
export async function readAll(runnable: RunnableMapping, directory: string): Promise<ReadResult> {
  const issues: Omit<Issue, 'mapping' | 'source'>[] = [];
  const entities: Record<string, unknown>[] = [];
  const rows: number[] = [];
  const options = {
    locate: locateIn([directory], runnable.file),
    report: ({ mapping: _mapping, source: _source, ...issue }: Issue) => void issues.push(issue),
  };
  for await (const { entity, row } of readEntities(runnable, options)) {
    entities.push(JSON.parse(renderNgsiEntity(entity)) as Record<string, unknown>);
    rows.push(row);
  }
  return { entities, rows, issues };
}

/** As `readAll`, of one CSV file. */
export function readCsvText(runnable: RunnableMapping, text: string): Promise<ReadResult> {
  return readAll(runnable, aDirectory({ [runnable.mapping.source.file]: text }));
}
