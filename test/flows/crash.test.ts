import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import { readTenantFile } from '../../src/adapters/stores/embedded/tenant-file.ts';
import type { Entity } from '../../src/core/entity/entity.ts';
import type { TenantName } from '../../src/core/scope.ts';
import { everything, numberOf } from '../support/store-commands.ts';
import { storeSettings } from '../support/store-settings.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const writer = fileURLToPath(new URL('../support/crash-writer.ts', import.meta.url));
const rounds = 10;

/** Runs the writer until it has acknowledged so many writes, kills it in the midst, and answers all that it acknowledged. */
function runUntilKilled(directory: string, round: number, acknowledgements: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', writer, directory, `${round}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    acknowledged.push(line);
    if (acknowledged.length === acknowledgements) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(acknowledged);
      else reject(new Error('the writer ended by itself'));
    });
  });
}

async function entitiesIn(directory: string): Promise<Map<string, Entity>> {
  const stores = await openEmbeddedStores({ ...storeSettings, directory });
  const { records } = await stores.tenant('crash' as TenantName).entities.find(everything);
  await stores.close();
  return new Map(records.map(({ entity }) => [entity.id, entity]));
}

describe('a process killed under load', () => {
  it('restarts with every acknowledged write and no half of any, time and again', { timeout: 180_000 }, async () => {
    const directory = temporaryDirectory();
    const acknowledged: string[] = [];
    for (let round = 0; round < rounds; round++) {
      // At another place in the flow of commits each time.
      acknowledged.push(...(await runUntilKilled(directory, round, 100 + round * 97)));
      const entities = await entitiesIn(directory);
      const number = (id: string) => numberOf(entities.get(id) as Entity, 'n');

      expect(number('Counter')).toBeGreaterThanOrEqual(acknowledged.filter((line) => line === 'counted').length);
      for (const line of acknowledged) {
        const [what, name = '', count] = line.split(' ');
        if (what === 'created') expect(entities.has(name), `${name} was acknowledged`).toBe(true);
        if (what === 'pair') expect(number(`${name}-left`)).toBeGreaterThanOrEqual(Number(count));
      }
      for (const pair of ['P0', 'P1', 'P2', 'P3']) expect(number(`${pair}-left`)).toBe(number(`${pair}-right`));
    }
  });

  it('leaves a file that can be exported as it lies', async () => {
    const directory = temporaryDirectory();
    const acknowledged = await runUntilKilled(directory, 0, 200);
    const texts = [...readTenantFile(`${directory}/tenant-crash.sqlite`)].flatMap((chunk) => chunk.texts).join('\n');
    for (const line of acknowledged) {
      const [what, name] = line.split(' ');
      if (what === 'created') expect(texts).toContain(`"id":"${name}"`);
    }
  });
});
