import { expect, it } from 'vitest';
import { largePieces } from '../../src/catalogue/exports/large-pieces.ts';

it('puts texts together until they are worth a write, and in their order with bytes', async () => {
  const long = 'é'.repeat(70_000);
  async function* pieces() {
    yield* ['a', 'b', Buffer.from('c'), 'd', long, 'e'];
  }
  const large: string[] = [];
  for await (const piece of largePieces(pieces())) large.push(Buffer.from(piece).toString());
  expect(large).toEqual(['ab', 'c', `d${long}`, 'e']);
});
