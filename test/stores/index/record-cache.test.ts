import { expect, test } from 'vitest';
import { RecordCache, type RecordOwner } from '../../../src/adapters/stores/embedded/index/record-cache.ts';
import { encodeEntity } from '../../../src/core/entity/stored-form.ts';
import { anEntity } from '../../support/entity-builder.ts';

const text = encodeEntity(anEntity({ id: 'Room1', values: { temperature: 21 } }));

const nobody: RecordOwner = { forgetRecord() {} };

test('A cache forgets records when renderings outgrow it, those not asked for lately first, never the one in hand', () => {
  const cache = new RecordCache(50_000);
  const forgotten: number[] = [];
  const records = [0, 1, 2, 3].map((at) => cache.admit(at, text, { forgetRecord: (slot) => forgotten.push(slot) }, at));
  for (const record of records) record.used = false;
  if (records[0] !== undefined) records[0].used = true;

  records[3]?.memo.set('normalized', 'x'.repeat(49_200));
  expect(forgotten).toEqual([1, 2]);
  records[3]?.memo.set('keyValues', 'x'.repeat(60_000));
  expect(forgotten).toEqual([1, 2, 0]);
  expect(records[3]?.memo.size).toBe(2);
});

test('A record lets go of what it decoded once a rendering is kept, and not of an entity that was just written', () => {
  const cache = new RecordCache(50_000);
  const read = cache.admit(0, text, nobody, 0);
  const { entity } = read;
  expect(read.entity).toBe(entity);
  const before = read.bytes;
  read.memo.set('normalized', '{}');
  expect(read.decodedEntity).toBeUndefined();
  expect(read.bytes).toBeLessThan(before);
  expect(read.entity).toEqual(entity);

  const written = cache.admit(1, text, nobody, 1, entity);
  written.memo.set('normalized', '{}');
  expect(written.decodedEntity).toBe(entity);
});

test('A record keeps several renderings, each under its name, the newest of a name', () => {
  const record = new RecordCache(50_000).admit(0, text, nobody, 0);
  record.memo.set('normalized', '{}').set('keyValues', '[]').set('normalized', '{"a":1}').set('keyValues', '[1]');
  expect(['normalized', 'keyValues', 'values'].map((name) => record.memo.get(name))).toEqual([
    '{"a":1}',
    '[1]',
    undefined,
  ]);
  expect(record.memo.size).toBe(2);
  record.memo.clear();
  expect(record.memo.size).toBe(0);
  expect(record.memo.get('normalized')).toBeUndefined();
});

test('A record that the cache has forgotten still serves who holds it', () => {
  const cache = new RecordCache(0);
  const record = cache.admit(0, text, nobody, 0);
  cache.admit(1, text, nobody, 1);
  expect(record.entity).toEqual(anEntity({ id: 'Room1', values: { temperature: 21 } }));
  expect(record.memo.set('normalized', '{}').get('normalized')).toBe('{}');
});
