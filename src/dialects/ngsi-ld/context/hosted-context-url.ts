const path = '/ngsi-ld/v1/jsonldContexts/';

/** Where a context that is hosted here is found, behind the broker's own URL. [LD 6.30] */
export function hostedContextPath(id: string): string {
  return path + id;
}

/**
 * The id of the hosted context that a URL is of, whatever host it names: brokers are reached under several, and ids are one of
 * a kind. Undefined for other URLs.
 */
export function hostedContextIn(url: string): string | undefined {
  const at = url.lastIndexOf(path);
  const id = at === -1 ? '' : url.slice(at + path.length).replace(/\/$/, '');
  return /^[\w-]+$/.test(id) ? id : undefined;
}
