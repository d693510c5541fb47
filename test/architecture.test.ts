import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/*
 * The rules of docs/architecture.md and CONTRIBUTING.md that a compiler does not hold: who may import whom, what stays pure,
 * how files are called and how long they get. The table of imports is read from the document, so the two cannot drift.
 */

interface SourceFile {
  /** From the root of the repository: `src/core/json.ts`. */
  readonly path: string;
  readonly text: string;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly string[];
}

/** A row of the table: which files it is about, and which rows they may import besides their own. */
interface Layer {
  readonly paths: readonly string[];
  readonly mayImport: 'all' | readonly string[];
}

const files = sourceFilesIn('src');
const layers = layersOf(readFileSync('docs/architecture.md', 'utf8'));

function sourceFilesIn(folder: string): SourceFile[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  return paths
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(path, 'utf8');
      const code = withoutComments(text);
      const imports = [...code.matchAll(/(?:(?<!-)\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(
        ([, specifier = '']) => specifier,
      );
      return { path, text, code, imports };
    });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function layersOf(document: string): Layer[] {
  return document
    .split('\n')
    .filter((line) => line.startsWith('| `src/'))
    .map((line) => {
      const [, files = '', , mayImport = ''] = line.split('|');
      const paths = [...files.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path.replace(/\/$/, ''));
      const words = mayImport.trim().split(/, | /);
      return { paths, mayImport: words[0] === 'all' ? 'all' : words.filter((word) => word !== 'nothing') };
    });
}

/** The row of a file: the one that names it, or the folder that it is in. */
function layerOf(path: string): Layer | undefined {
  return layers.find(({ paths }) => paths.some((own) => path === own || path.startsWith(`${own}/`)));
}

/** Where an import of the project's own leads; undefined for packages. */
function resolved(file: SourceFile, specifier: string): string | undefined {
  return specifier.startsWith('.') ? normalize(join(dirname(file.path), specifier)) : undefined;
}

function packagesOf(file: SourceFile): string[] {
  return file.imports.filter((specifier) => !specifier.startsWith('.'));
}

function filesIn(...folders: readonly string[]): SourceFile[] {
  return files.filter(({ path }) => folders.some((folder) => path.startsWith(`src/${folder}/`)));
}

describe('Imports', () => {
  it('have a row in the table for every file', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter(({ path }) => layerOf(path) === undefined).map(({ path }) => path)).toEqual([]);
  });

  it('go only where the table in docs/architecture.md lets them', () => {
    const strays: string[] = [];
    for (const file of files) {
      const layer = layerOf(file.path);
      for (const specifier of file.imports) {
        const target = resolved(file, specifier);
        if (target === undefined || layer === undefined || layer.mayImport === 'all') continue;
        const [, folder = ''] = target.split('/');
        if (layerOf(target) !== layer && !layer.mayImport.includes(folder)) strays.push(`${file.path} → ${target}`);
      }
    }
    expect(strays).toEqual([]);
  });

  it('name their file, extension included', () => {
    const vague = files.flatMap((file) =>
      file.imports.filter((specifier) => specifier.startsWith('.') && !/\.(ts|json)$/.test(specifier)),
    );
    expect(vague).toEqual([]);
  });
});

describe('Core, ports, dialects and broker', () => {
  const pure = filesIn('core', 'ports', 'dialects', 'broker');

  /** Libraries that compute and do nothing else. */
  const pureLibrary = /^(geojson|re2js|@turf\/.+)$/;

  it('import pure libraries only', () => {
    const others = pure.flatMap((file) =>
      packagesOf(file)
        .filter((name) => !pureLibrary.test(name))
        .map((name) => `${file.path} → ${name}`),
    );
    expect(others).toEqual([]);
  });

  it('have neither clock, nor chance, nor timers, nor environment of their own', () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bcrypto\b|\bset(Timeout|Interval|Immediate)\(|\bprocess\./;
    expect(pure.filter(({ code }) => impure.test(code)).map(({ path }) => path)).toEqual([]);
  });
});

describe('The world outside', () => {
  it.each([
    ['fastify', /^(fastify|@fastify\/.+)$/, ['src/http/', 'src/main.ts']],
    ['SQLite', /sqlite/, ['src/adapters/']],
    ['worker threads', /^node:worker_threads$/, ['src/adapters/']],
    ['AJV', /^ajv/, ['src/adapters/']],
    ['pino', /^pino$/, ['src/observe/']],
    ['the command line', /^(commander|cli-progress)$/, ['src/cli', 'src/config/', 'src/load/']],
  ])('knows %s in one place', (_name, pattern, folders) => {
    const strays = files.filter(
      (file) =>
        packagesOf(file).some((name) => pattern.test(name)) && !folders.some((folder) => file.path.startsWith(folder)),
    );
    expect(strays.map(({ path }) => path)).toEqual([]);
  });

  it('has its environment read in src/config alone, and handed to it by the commands', () => {
    const readers = files.filter(
      ({ path, code }) => /\bprocess\.env\b/.test(code) && !/^src\/(config|cli|main)/.test(path),
    );
    expect(readers.map(({ path }) => path)).toEqual([]);
  });
});

describe('Files', () => {
  it('are called after what they export, in kebab-case, and never after a drawer', () => {
    const drawers = /(^|-)(util|utils|helper|helpers|common|misc|manager|base|index)(-|\.)/;
    const misnamed = files
      .map(({ path }) => path)
      .filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(basename(path)) || isDrawer(path));
    expect(misnamed).toEqual([]);

    function isDrawer(path: string): boolean {
      const name = basename(path);
      return name === 'index.ts' || (drawers.test(name) && !/-index\.ts$|^index-/.test(name));
    }
  });

  it('hand on nothing that is not theirs, and have no default export', () => {
    const barrels = files.filter(({ code }) => /^export\s+(type\s+)?(\*|\{[^}]*\})\s+from\b/m.test(code));
    const defaults = files.filter(({ code }) => /^export\s+default\b/m.test(code));
    expect([...barrels, ...defaults].map(({ path }) => path)).toEqual([]);
  });

  it('call no type IThing, BaseThing or ThingManager', () => {
    const named = /\b(?:class|interface|type)\s+(I[A-Z][a-z]\w*|Base[A-Z]\w*|\w+(?:Manager|Helper|Utils?))\b/g;
    expect(files.flatMap(({ code }) => [...code.matchAll(named)].map(([, name]) => name))).toEqual([]);
  });

  it('are short: half of them under 120 lines, and each beyond 400 says why in its head', () => {
    const lengths = files.map(({ text }) => text.split('\n').length).toSorted((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(120);
    const long = files.filter(({ text }) => text.split('\n').length > 400 && !text.startsWith('/*'));
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('leave nothing to do later', () => {
    expect(files.filter(({ text }) => /\b(TODO|FIXME|XXX)\b/.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
