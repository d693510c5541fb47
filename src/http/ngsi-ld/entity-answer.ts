import type { FastifyReply, FastifyRequest } from 'fastify';
import { linkedEntities } from '../../broker/entities/linked-entities.ts';
import { type Awaitable, whenKnown } from '../../core/awaitable.ts';
import type { Entity } from '../../core/entity/entity.ts';
import { olderVersion } from '../../dialects/ngsi-ld/older-versions.ts';
import { type EntityView, viewKey } from '../../dialects/ngsi-ld/query/entity-view.ts';
import { type EntityRendering, renderEntity } from '../../dialects/ngsi-ld/render/render-entity.ts';
import { renderFeature } from '../../dialects/ngsi-ld/render/render-geojson.ts';
import { renderJoined } from '../../dialects/ngsi-ld/render/render-linked.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import { type Utf8Text, utf8TextOf } from '../utf8-text.ts';
import type { LdRequest } from './ld-request.ts';
import { type AnswerType, preferredVersion } from './negotiation.ts';
import { type RequestContext, renderContext } from './request-context.ts';

/** How the entities of an answer are shown. */
export interface EntityAnswer {
  readonly view: EntityView;
  readonly type: AnswerType;
  /** Kept name. */
  readonly geometryProperty: string;
  /** Whether each entity carries the context: those of JSON-LD do. [LD 6.3.6] */
  readonly withContext: boolean;
}

/** The view, in the older version that the client prefers; GeoJSON is always that of this one. [LD 5.7.1] [LD 5.7.2] */
export function inPreferredVersion(request: FastifyRequest, type: AnswerType, view: EntityView): EntityView {
  const version = type === 'application/geo+json' ? undefined : olderVersion(preferredVersion(request));
  return version === undefined ? view : { ...view, version };
}

/** Answers 203 where the older version of the view shows anything otherwise than this one does. [LD 6.4.3.2] [LD 6.5.3.1] */
export function markAltered(
  reply: FastifyReply,
  ld: LdRequest,
  records: readonly EntityRecord[],
  answer: EntityAnswer,
  shown: readonly Utf8Text[],
): Awaitable<void> {
  if (answer.view.version === undefined) return undefined;
  const { version: _, ...view } = answer.view;
  return whenKnown(renderRecords(ld, records, { ...answer, view }), (own) => {
    if (own.some((text, place) => text !== shown[place])) reply.code(203);
  });
}

/** Renderings that one entity keeps: clients ask for the same few, and who asks for many must not fill the memory. */
const maxKept = 4;

/**
 * The entities as JSON, in order; those that they link to within them, or after them, where the view joins them.
 * [LD 4.5.23]
 */
export function renderRecords(
  { broker, scope, context }: LdRequest,
  records: readonly EntityRecord[],
  answer: EntityAnswer,
): Awaitable<readonly Utf8Text[]> {
  const { view, withContext } = answer;
  const rendering: EntityRendering = withContext ? { view, context: renderContext(context) } : { view };
  const { join } = view;
  if (join === undefined) {
    const key = keyOf(answer, withContext, context);
    return records.map((record) => rendered(record, rendering, answer, key));
  }
  const entities = records.map(({ entity }) => entity);
  return linkedEntities(broker, scope, entities, { level: join.level, known: join.containedBy }).then((graph) =>
    renderJoined(entities, graph, rendering, join, (entity, one) => renderOne(entity, one, answer)).map(utf8TextOf),
  );
}

function renderOne(entity: Entity, rendering: EntityRendering, { type, geometryProperty }: EntityAnswer): string {
  const isFeature = type === 'application/geo+json';
  return isFeature ? renderFeature(entity, { ...rendering, geometryProperty }) : renderEntity(entity, rendering);
}

/** A name for the rendering, where it is one that clients share: with the core context, or with the same other one. */
function keyOf({ view, type }: EntityAnswer, withContext: boolean, context: RequestContext): string | undefined {
  if (type === 'application/geo+json') return undefined;
  const known = withContext ? keysWithContext : keys;
  let key = known.get(view);
  if (key === undefined) {
    const ofView = viewKey(view);
    if (ofView === undefined) return undefined;
    key = `${ofView} ${withContext ? '@' : ''}${context.key}`;
    known.set(view, key);
  }
  return key;
}

/** Keys by view, which is of one vocabulary and so of one context: the very same text is told from others without a look at it. */
const keys = new WeakMap<EntityView, string>();
const keysWithContext = new WeakMap<EntityView, string>();

function rendered(
  record: EntityRecord,
  rendering: EntityRendering,
  answer: EntityAnswer,
  key: string | undefined,
): Utf8Text {
  if (key === undefined) return utf8TextOf(renderOne(record.entity, rendering, answer));
  const { memo } = record;
  const kept = memo.get(key);
  if (kept !== undefined) return kept as Utf8Text;
  const json = utf8TextOf(renderOne(record.entity, rendering, answer));
  if (memo.size >= maxKept) memo.clear();
  memo.set(key, json);
  return json;
}
