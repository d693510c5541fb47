/** A JSON array of items that are JSON already. */
export function jsonArrayOf(items: readonly string[]): string {
  return `[${items.join(',')}]`;
}
