/** Longest id that NGSIv2 allows. */
export const longestId = 256;

/**
 * A text as part of an entity id: accents dropped, and whatever NGSIv2 refuses in ids or a URL would have to escape
 * (all but ASCII letters, digits and `. _ : ~ -`) turned into `-`; runs of `-` are one, none at the ends.
 *
 * Two texts may become one: choose a column of codes and not of names.
 */
export function idPart(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._:~-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^-|-$/g, '');
}
