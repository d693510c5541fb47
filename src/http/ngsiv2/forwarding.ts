import type { FastifyReply } from 'fastify';
import { findEntity } from '../../broker/federation/find-entity.ts';
import type { MissingSource } from '../../broker/federation/missing-source.ts';
import { type Awaitable, whenKnown } from '../../core/awaitable.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { NgsiOption } from '../../dialects/ngsiv2/options-parameter.ts';
import { type Projection, wantedOf } from '../../dialects/ngsiv2/projection.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { NgsiService } from './service.ts';

/** The scope of a request, of which nothing is forwarded where its client says so: `skipForwarding`. [V2 options] */
export function withinReach(scope: RequestScope, options: ReadonlySet<NgsiOption>): RequestScope {
  return options.has('skipForwarding') ? { ...scope, staysHere: true } : scope;
}

/** The entity, with what providers have of it. Refuses with `entityNotFound` and `ambiguousEntity`; either way the answer says who is missing. */
export function foundEntity(
  reply: FastifyReply,
  { availability: { broker } }: NgsiService,
  scope: RequestScope,
  ref: EntityRef,
  projection: Pick<Projection, 'attrs'>,
): Awaitable<EntityRecord> {
  return whenKnown(findEntity(broker, scope, ref, wantedOf(projection)), ({ record, missing }) => {
    tellMissing(reply, missing, broker.providers.settings.hostAlias);
    if (record === undefined) throw new Refusal({ kind: 'entityNotFound' });
    return record;
  });
}

/** Providers that one answer names. */
const maxNamed = 20;

/** Names, in the header `Warning`, the providers whose part is not in the answer, and why. [RFC 7234 5.5] */
export function tellMissing(reply: FastifyReply, missing: readonly MissingSource[], hostAlias: string): void {
  if (missing.length === 0) return;
  const named = missing.slice(0, maxNamed).map(({ provider, reason }) => `provider ${provider} is missing: ${reason}`);
  if (missing.length > maxNamed) named.push(`${missing.length - maxNamed} more providers are missing`);
  reply.header('warning', named.map((text) => `199 ${hostAlias} "${quotable(text)}"`).join(', '));
}

function quotable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, "'");
}
