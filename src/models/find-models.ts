import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { JsonObject } from '../core/json.ts';
import { fetchModel } from './fetch-model.ts';
import { exampleOf, type ModelDocument, type ModelSubmission, parseDocument, referredTo } from './model-document.ts';
import { ModelSourceError } from './model-source-error.ts';

/** Files that a folder is searched for models in: a whole collection of repositories has a few thousand. */
const maxFiles = 50_000;

/** Largest file that is read. */
const maxFileBytes = 5 * 1024 * 1024;

/**
 * The models of a file, a folder or a URL.
 *
 * A folder is searched for `schema.json` and `*.schema.json`: a Smart Data Models repository, a model of one, or models of
 * one's own. `*-schema.json` beside them, or in the folder above, are definitions that they share; `example.json` and
 * `examples/example.json` are examples. Throws a `ModelSourceError`.
 */
export async function findModels(source: string): Promise<readonly ModelSubmission[]> {
  if (/^https?:\/\//.test(source)) return [await fetchModel(source)];
  const path = resolve(source);
  if (isFolder(path)) {
    const files = filesBelow(path);
    const schemas = files.filter(isModelFile);
    if (schemas.length === 0) throw new ModelSourceError(`${source} has no schema.json and no *.schema.json`);
    const shared = documentsOf([...files.filter(isSharedFile), ...sharedFilesIn(dirname(path))]);
    return schemas.map((file) => submissionOf(file, path, shared));
  }
  const folders = [dirname(path), dirname(dirname(path))];
  return [submissionOf(path, dirname(path), documentsOf(folders.flatMap(sharedFilesIn)))];
}

function submissionOf(file: string, root: string, shared: readonly ModelDocument[]): ModelSubmission {
  const schema = read(file);
  const place = relative(root, file) || basename(file);
  // Where a file lies here tells a broker nothing.
  const model = { url: `oriel://source/${place.split(sep).join('/')}`, document: schema };
  return {
    place,
    url: model.url,
    schema,
    shared: referredTo(model, shared).map(({ url, document }) => ({ url, schema: document })),
    examples: examplesBeside(file),
  };
}

function examplesBeside(file: string): readonly JsonObject[] {
  const folder = dirname(file);
  const candidates = ['example.json', 'examples/example.json', 'examples/example.jsonld'];
  return candidates
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => exampleOf(read(path)))
    .filter((example) => example !== undefined);
}

function documentsOf(files: readonly string[]): readonly ModelDocument[] {
  return files.flatMap((file) => {
    try {
      const document = read(file);
      const url =
        typeof document.$id === 'string' && URL.canParse(document.$id)
          ? document.$id
          : `oriel://source/${basename(file)}`;
      // Published ids are wrong here and there; the name of the file is what references agree with.
      return [{ url: url.endsWith(basename(file)) ? url : `oriel://source/${basename(file)}`, document }];
    } catch (error) {
      if (error instanceof ModelSourceError) return [];
      throw error;
    }
  });
}

function filesBelow(folder: string): readonly string[] {
  const files: string[] = [];
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      if (entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name)) open.push(path);
      if (entry.isFile()) files.push(path);
      if (files.length > maxFiles)
        throw new ModelSourceError(`${folder} has more than ${maxFiles} files: name a part of it`);
    }
  }
  return files.toSorted();
}

function sharedFilesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isSharedFile(entry.name))
    .map((entry) => join(folder, entry.name));
}

function isModelFile(path: string): boolean {
  return basename(path) === 'schema.json' || (path.endsWith('.schema.json') && basename(dirname(path)) !== 'commons');
}

function isSharedFile(path: string): boolean {
  return path.endsWith('-schema.json') || (path.endsWith('.schema.json') && basename(dirname(path)) === 'commons');
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ModelSourceError(`${path} is not there`);
  return found.isDirectory();
}

function read(file: string): JsonObject {
  const { size } = statSync(file);
  if (size > maxFileBytes) throw new ModelSourceError(`${file} is larger than ${maxFileBytes} bytes`);
  return parseDocument(readFileSync(file, 'utf8'), file);
}
