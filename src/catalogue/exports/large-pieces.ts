/** What is handed on at once, at least, in characters or bytes: to hand on a piece costs about as much as so many of them. */
const pieceLength = 64 * 1024;

/** The same bytes in pieces of a size that is worth a write; those that are bytes already stay as they are, the last may be smaller. */
export async function* largePieces(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  let gathered = '';
  for await (const piece of pieces) {
    if (typeof piece === 'string') {
      gathered += piece;
      if (gathered.length < pieceLength) continue;
    }
    if (gathered !== '') yield Buffer.from(gathered);
    gathered = '';
    if (typeof piece !== 'string') yield piece;
  }
  if (gathered !== '') yield Buffer.from(gathered);
}
