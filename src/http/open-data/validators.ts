import type { IncomingHttpHeaders } from 'node:http';

/** What tells one state of a resource from another. */
export interface Validators {
  /** With its quotes. */
  readonly etag: string;
  /** In milliseconds. */
  readonly changedAt: number;
}

/** Tells whether the client has what it asks for: then it gets 304. [RFC 9110 13.2.2] */
export function isUnchanged(headers: IncomingHttpHeaders, { etag, changedAt }: Validators): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    return tags.split(',').some((tag) => tag.trim() === '*' || opaque(tag.trim()) === opaque(etag));
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && seconds(changedAt) <= since;
}

/** The tag by which the client says that it has a file of this version, whatever its coding; undefined where it says no such thing. */
export function tagOfVersion(headers: IncomingHttpHeaders, version: string): string | undefined {
  const tags = headers['if-none-match']?.split(',').map((tag) => opaque(tag.trim()));
  return tags?.find((tag) => tag.startsWith(`"${version}.`));
}

/** Tells whether the part that is asked for is of the very bytes that the client has the beginning of. [RFC 9110 13.1.5] */
export function isSameFile(ifRange: string | undefined, { etag, changedAt }: Validators): boolean {
  if (ifRange === undefined) return true;
  return ifRange.startsWith('"') ? ifRange === etag : Date.parse(ifRange) === seconds(changedAt);
}

/** `Last-Modified`; nothing while the second of the change is not over: another change may come in it. [RFC 9110 8.8.2] */
export function lastModified(changedAt: number, now: number): { 'last-modified'?: string } {
  const instant = seconds(changedAt);
  return instant > now ? {} : { 'last-modified': new Date(instant).toUTCString() };
}

/** Rounded up: what changed within a second had not changed before its end. */
function seconds(instant: number): number {
  return Math.ceil(instant / 1000) * 1000;
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
