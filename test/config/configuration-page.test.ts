import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderOptionsTable } from '../../src/config/describe-options.ts';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

test('docs/configuration.md has every option with its flag, its default and what it does', () => {
  const table = /<!-- options:.*?-->\n(.*?)<!-- \/options -->/s.exec(page)?.[1];
  expect(table).toBe(`${renderOptionsTable()}\n`);
});
