import { describe, expect, it } from 'vitest';
import { KnownDocuments } from '../../src/broker/documents/known-documents.ts';
import type { StoredDocument } from '../../src/ports/document-store.ts';
import type { Log } from '../../src/ports/log.ts';
import { defaultTenant } from '../support/plain-broker.ts';
import { PlainStores } from '../support/plain-entity-store.ts';

function read({ document }: StoredDocument): number {
  if (typeof document.size !== 'number') throw new Error('no size');
  return document.size;
}

async function given() {
  const stores = new PlainStores();
  const heard: unknown[] = [];
  const errors: object[] = [];
  const log: Log = { info() {}, warn() {}, error: (details) => errors.push(details) };
  const known = new KnownDocuments(stores, 'dataset', read, log, {
    put: (...told) => heard.push(['put', ...told.filter((each) => each !== undefined)]),
    removed: (...told) => heard.push(['removed', ...told]),
  });
  const documents = stores.tenant(defaultTenant).documents('dataset');
  await documents.put([{ id: 'before', document: { size: 1 } }]);
  await known.load();
  return { stores, known, documents, heard, errors };
}

describe('Known documents', () => {
  it('are what the stores have at start, and follow their changes', async () => {
    const { known, documents, heard } = await given();
    await documents.put([
      { id: 'after', document: { size: 2 } },
      { id: 'before', document: { size: 3 } },
    ]);
    expect([...known.of(defaultTenant)]).toEqual([
      ['before', 3],
      ['after', 2],
    ]);
    await documents.remove(['before', 'nobody']);
    expect([...known.of(defaultTenant)]).toEqual([['after', 2]]);
    expect(heard).toEqual([
      ['put', defaultTenant, 'before', 1],
      ['put', defaultTenant, 'after', 2],
      ['put', defaultTenant, 'before', 3, 1],
      ['removed', defaultTenant, 'before', 3],
    ]);
  });

  it('are of their kind alone', async () => {
    const { stores, known } = await given();
    await stores
      .tenant(defaultTenant)
      .documents('registration')
      .put([{ id: 'other', document: { size: 2 } }]);
    expect([...known.of(defaultTenant).keys()]).toEqual(['before']);
  });

  it('leave out one that cannot be read, and say so', async () => {
    const { known, documents, errors } = await given();
    await documents.put([{ id: 'before', document: { size: 'large' } }]);
    expect([...known.of(defaultTenant)]).toEqual([]);
    expect(errors).toEqual([expect.objectContaining({ kind: 'dataset', id: 'before' })]);
  });
});
