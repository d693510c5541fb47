import type { FastifyReply, FastifyRequest } from 'fastify';
import { renderCursor } from '../../dialects/ngsiv2/cursor.ts';
import type { Projection } from '../../dialects/ngsiv2/projection.ts';
import type { EntityPage } from '../../ports/entity-store.ts';
import { sendRendered } from '../json-reply.ts';
import { rawQueryOf } from '../request-query.ts';
import { renderedEntities } from './rendered-entity.ts';

/**
 * Sends a page of entities, the count where the page has one, and, where cursors were asked for, a link to the next
 * page. [V2 pagination]
 */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: EntityPage,
  projection: Projection,
  cursors: boolean,
): void {
  if (page.count !== undefined) reply.header('fiware-total-count', String(page.count));
  if (cursors && page.next !== undefined) {
    reply.header('link', `<${nextUrl(request, renderCursor(page.next))}>; rel="next"`);
  }
  sendRendered(reply, renderedEntities(page.records, projection));
}

/** The same request, continued after the cursor: relative to the host, so that it holds behind any proxy. */
function nextUrl(request: FastifyRequest, cursor: string): string {
  const [path = ''] = request.url.split('?', 1);
  const kept = rawQueryOf(request)
    .split('&')
    .filter((parameter) => parameter !== '' && !/^(after|offset)=/.test(parameter));
  return `${path}?${[...kept, `after=${encodeURIComponent(cursor)}`].join('&')}`;
}
