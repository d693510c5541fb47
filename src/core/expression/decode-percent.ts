const decoder = new TextDecoder();

/** The text with every `%41` in it replaced by what it stands for, in UTF-8. Anything else stays as it is. [V2 headers special treatment] */
export function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    const bytes = escapes.slice(1).split('%');
    return decoder.decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
  });
}
