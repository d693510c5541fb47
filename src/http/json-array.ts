/**
 * A JSON array of items that are JSON already. It is left in pieces, which are gathered when the text is sent: gathered here, a
 * page would be copied once more for nothing (bench: `page-100`).
 */
export function jsonArrayOf(items: readonly string[]): string {
  let json = '[';
  let separator = '';
  for (const item of items) {
    json += separator + item;
    separator = ',';
  }
  return `${json}]`;
}
