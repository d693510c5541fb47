/** A text for a list of texts, another one for every other list. */
export function listKey(texts: readonly string[]): string {
  const [first = ''] = texts;
  return texts.length === 1 && !first.startsWith('[') ? first : JSON.stringify(texts);
}
