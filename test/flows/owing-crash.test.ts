import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import type { TenantName } from '../../src/core/scope.ts';
import { byId, numberOf } from '../support/store-commands.ts';
import { storeSettings } from '../support/store-settings.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ower = fileURLToPath(new URL('../support/crash-ower.ts', import.meta.url));
const rounds = 6;

/** Runs the process until it has said so many lines, kills it in the midst, and answers all that it said. */
function runUntilKilled(directory: string, from: number, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', ower, directory, `${from}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(said);
      else reject(new Error('the process ended by itself'));
    });
  });
}

describe('an outbox killed under load', () => {
  it('has all that was owed and not settled, and no notification without its change', {
    timeout: 180_000,
  }, async () => {
    const directory = temporaryDirectory();
    const said: string[] = [];
    for (let round = 0; round < rounds; round++) {
      said.push(...(await runUntilKilled(directory, round * 1_000_000, 300 + round * 131)));
      const stores = await openEmbeddedStores({ ...storeSettings, maxOwed: 1_000_000, directory });
      const { entities, outbox } = stores.tenant('crash' as TenantName);
      const owed = new Set<string>();
      let rows = 0;
      for (const subscription of ['S', 'T']) {
        for (const { entityId, owedSince } of await outbox.page(subscription, 0, 1_000_000)) {
          owed.add(`${entityId} ${subscription} ${owedSince}`);
          rows++;
          const [record] = await entities.lookup(byId(entityId));
          // The change is there, or a later one.
          expect(record && numberOf(record.entity, 'n')).toBeGreaterThanOrEqual(owedSince);
        }
      }
      expect(outbox.size).toBe(rows);
      await stores.close();

      const asked = new Set(said.filter((line) => line.startsWith('settling ')).map((line) => line.slice(9)));
      for (const line of said) {
        const [what, entity, a = '', b] = line.split(' ');
        if (what === 'settled') expect(owed, line).not.toContain(`${entity} ${a} ${b}`);
        if (what !== 'owed') continue;
        for (const subscription of ['S', 'T']) {
          const name = `${entity} ${subscription} ${a}`;
          if (!asked.has(name)) expect(owed, line).toContain(name);
        }
      }
    }
  });
});
