/**
 * The same text, laid out anew; for one that is kept and sent again.
 *
 * A text that was put together of pieces stays in pieces until it is asked for whole, and an answer that holds several takes
 * them as they are: their hundred pieces would be gathered from all over the memory every time (bench: `near`).
 */
export function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}
