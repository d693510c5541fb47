const comma = 0x2c;

/** A JSON array of items that are JSON already, in UTF-8. Cost: one copy. */
export function jsonArrayOf(items: readonly Uint8Array[]): Uint8Array {
  const array = Buffer.allocUnsafe(items.reduce((length, item) => length + item.length + 1, items.length > 0 ? 1 : 2));
  let at = array.write('[');
  for (const item of items) {
    array.set(item, at);
    at += item.length;
    array[at++] = comma;
  }
  array.write(']', array.length - 1);
  return array;
}
